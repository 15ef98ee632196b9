package dev.flyball.server.openai;

import dev.flyball.engine.Engine;
import dev.flyball.engine.ModelInfo;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.http.Endpoint;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.models.ModelLease;
import dev.flyball.server.plan.RequestPlanner;
import dev.flyball.server.receipt.RequestRecord;
import dev.flyball.server.terms.RequestTerms;
import dev.flyball.server.terms.TermHeaders;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** {@code POST /v1/embeddings}. */
public final class EmbeddingsEndpoint implements Endpoint {
  private final OpenAiContext context;

  public EmbeddingsEndpoint(OpenAiContext context) {
    this.context = context;
  }

  /** A request that is ready for the engine. */
  private record Prepared(
      EmbeddingRequest request, RequestTerms terms, ModelLease lease, List<TokenIds> texts) {}

  @Override
  public void handle(Exchange exchange) {
    TermHeaders headers = TermHeaders.of(exchange);
    RequestRecord record = context.receipts().open(exchange, headers);
    context
        .worker()
        .compute(
            exchange,
            () -> prepare(exchange, headers, record),
            prepared -> run(exchange, prepared, record));
  }

  private Prepared prepare(Exchange exchange, TermHeaders headers, RequestRecord record) {
    JsonFields fields = JsonFields.parse(exchange.body());
    RequestTerms asked = context.terms(headers, fields, record);
    EmbeddingRequest request = EmbeddingRequest.parse(fields, context.limits());
    ModelLease lease = context.models().lease(request.model(), request.keepAlive());
    return lease.guarding(
        () -> {
          List<TokenIds> texts = encode(request, lease.engine());
          RequestTerms terms = context.plan(lease, asked, asked(texts), record);
          return new Prepared(request, terms, lease, texts);
        });
  }

  private static RequestPlanner.Asked asked(List<TokenIds> texts) {
    return new RequestPlanner.Asked(
        texts.stream().mapToInt(TokenIds::size).sum(),
        0, // texts share nothing of the cache
        texts.size(),
        OptionalInt.of(0),
        Set.of());
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

  private static void run(Exchange exchange, Prepared prepared, RequestRecord record) {
    if (exchange.isOver()) {
      prepared.lease().close();
      record.abandoned();
      return;
    }
    new EmbeddingRun(
            exchange,
            prepared.lease(),
            prepared.texts(),
            prepared.request().base64(),
            record,
            prepared.terms().receipt())
        .start();
  }
}
