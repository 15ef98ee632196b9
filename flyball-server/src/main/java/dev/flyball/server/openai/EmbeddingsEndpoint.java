package dev.flyball.server.openai;

import dev.flyball.engine.Engine;
import dev.flyball.engine.ModelUse;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.models.ModelLease;
import dev.flyball.server.receipt.RequestRecord;
import dev.flyball.server.terms.RequestTerms;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;

/** {@code POST /v1/embeddings}. */
public final class EmbeddingsEndpoint extends PooledEndpoint {
  public EmbeddingsEndpoint(OpenAiContext context) {
    super(context);
  }

  @Override
  Prepared prepare(Exchange exchange, JsonFields fields, RequestTerms asked, RequestRecord record) {
    EmbeddingRequest request = EmbeddingRequest.parse(fields, context().limits());
    ModelLease lease = context().lease(request.model(), request.keepAlive(), ModelUse.EMBED);
    return lease.guarding(
        () -> {
          Engine engine = lease.engine();
          List<TokenIds> texts = encode(request, engine);
          RequestTerms terms = plan(lease, asked, texts, record);
          EmbeddingAnswer answer =
              new EmbeddingAnswer(
                  lease.model().name(), request.base64(), request.dimensions(), terms.receipt());
          return new Prepared(
              lease, new PooledTexts<>(exchange, lease, texts, engine::embed, record, answer));
        });
  }

  private static List<TokenIds> encode(EmbeddingRequest request, Engine engine) {
    int dimensions = engine.info().embeddingLength();
    if (request.dimensions().orElse(1) > dimensions) {
      throw ServerException.ofField(
          ServerError.INVALID_VALUE,
          "dimensions",
          "dimensions must be 1 to %d with this model".formatted(dimensions));
    }
    List<TokenIds> texts = new ArrayList<>();
    for (TextInput input : request.inputs()) {
      TokenIds ids = input.encode(engine.tokenizer());
      texts.add(request.length().fit(ids, engine, input.path()));
    }
    return texts;
  }
}
