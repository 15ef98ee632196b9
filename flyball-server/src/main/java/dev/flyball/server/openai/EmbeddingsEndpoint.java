package dev.flyball.server.openai;

import dev.flyball.engine.Engine;
import dev.flyball.engine.ModelUse;
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
    ModelLease lease = context.lease(request.model(), request.keepAlive(), ModelUse.EMBED);
    return lease.guarding(
        () -> {
          List<TokenIds> texts = encode(request, lease.engine());
          RequestTerms terms = context.plan(lease, asked, asked(texts), record);
          return new Prepared(request, terms, lease, texts);
        });
  }

  /** What texts ask of a model that is not to go on with them. */
  static RequestPlanner.Asked asked(List<TokenIds> texts) {
    return new RequestPlanner.Asked(
        texts.stream().mapToInt(TokenIds::size).sum(),
        0, // texts share nothing of the cache
        texts.size(),
        OptionalInt.of(0),
        Set.of());
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

  private static void run(Exchange exchange, Prepared prepared, RequestRecord record) {
    ModelLease lease = prepared.lease();
    if (exchange.isOver()) {
      lease.close();
      record.abandoned();
      return;
    }
    EmbeddingAnswer answer =
        new EmbeddingAnswer(
            lease.model().name(),
            prepared.request().base64(),
            prepared.request().dimensions(),
            prepared.terms().receipt());
    new PooledTexts<>(exchange, lease, prepared.texts(), lease.engine()::embed, record, answer)
        .start();
  }
}
