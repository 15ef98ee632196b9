package dev.flyball.server.openai;

import dev.flyball.engine.Engine;
import dev.flyball.engine.ModelInfo;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.http.Endpoint;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.models.ModelLease;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;

/** {@code POST /v1/embeddings}. */
public final class EmbeddingsEndpoint implements Endpoint {
  private final OpenAiContext context;

  public EmbeddingsEndpoint(OpenAiContext context) {
    this.context = context;
  }

  /** A request that is ready for the engine. */
  private record Prepared(EmbeddingRequest request, ModelLease lease, List<TokenIds> texts) {}

  @Override
  public void handle(Exchange exchange) {
    context
        .worker()
        .compute(exchange, () -> prepare(exchange), prepared -> run(exchange, prepared));
  }

  private Prepared prepare(Exchange exchange) {
    EmbeddingRequest request =
        EmbeddingRequest.parse(JsonFields.parse(exchange.body()), context.limits());
    ModelLease lease = context.models().lease(request.model(), request.keepAlive());
    return lease.guarding(() -> new Prepared(request, lease, encode(request, lease.engine())));
  }

  private static List<TokenIds> encode(EmbeddingRequest request, Engine engine) {
    ModelInfo info = engine.info();
    if (request.dimensions().isPresent()
        && request.dimensions().getAsInt() != info.embeddingLength()) {
      throw ServerException.ofField(
          ServerError.UNSUPPORTED,
          "dimensions",
          "dimensions can only be %d with this model: vectors are not shortened"
              .formatted(info.embeddingLength()));
    }
    List<TokenIds> texts = new ArrayList<>();
    for (TextInput input : request.inputs()) {
      TokenIds ids = input.encode(engine.tokenizer());
      if (ids.size() > info.contextLength()) {
        throw ServerException.ofField(
            ServerError.CONTEXT_LENGTH_EXCEEDED,
            "input[" + texts.size() + "]",
            "the text has %d tokens, but may have %d".formatted(ids.size(), info.contextLength()));
      }
      texts.add(ids);
    }
    return texts;
  }

  private static void run(Exchange exchange, Prepared prepared) {
    if (exchange.isOver()) {
      prepared.lease().close();
      return;
    }
    new EmbeddingRun(exchange, prepared.lease(), prepared.texts(), prepared.request().base64())
        .start();
  }
}
