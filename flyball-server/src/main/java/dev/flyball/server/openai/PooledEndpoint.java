package dev.flyball.server.openai;

import dev.flyball.server.http.Endpoint;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.models.ModelLease;
import dev.flyball.server.plan.RequestPlanner;
import dev.flyball.server.receipt.RequestRecord;
import dev.flyball.server.terms.RequestTerms;
import dev.flyball.server.terms.TermHeaders;
import dev.flyball.units.TokenIds;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** What endpoints share whose texts a model is not to go on with: {@link PooledTexts}. */
abstract sealed class PooledEndpoint implements Endpoint
    permits EmbeddingsEndpoint, RerankEndpoint {
  private final OpenAiContext context;

  PooledEndpoint(OpenAiContext context) {
    this.context = context;
  }

  /** A request that is ready for the engine. */
  record Prepared(ModelLease lease, PooledTexts<?> texts) {}

  /** Reads a request, takes its model into use and encodes its texts; on a worker thread. */
  abstract Prepared prepare(
      Exchange exchange, JsonFields fields, RequestTerms asked, RequestRecord record);

  @Override
  public final void handle(Exchange exchange) {
    TermHeaders headers = TermHeaders.of(exchange);
    RequestRecord record = context.receipts().open(exchange, headers);
    context
        .worker()
        .compute(
            exchange,
            () -> {
              JsonFields fields = JsonFields.parse(exchange.body());
              return prepare(exchange, fields, context.terms(headers, fields, record), record);
            },
            prepared -> run(exchange, prepared, record));
  }

  private static void run(Exchange exchange, Prepared prepared, RequestRecord record) {
    if (exchange.isOver()) {
      prepared.lease().close();
      record.abandoned();
    } else {
      prepared.texts().start();
    }
  }

  final OpenAiContext context() {
    return context;
  }

  /** The terms on which texts are served. */
  final RequestTerms plan(
      ModelLease lease, RequestTerms asked, List<TokenIds> texts, RequestRecord record) {
    RequestPlanner.Asked work =
        new RequestPlanner.Asked(
            texts.stream().mapToInt(TokenIds::size).sum(),
            0, // texts share nothing of the cache
            texts.size(),
            OptionalInt.of(0),
            Set.of());
    return context.plan(lease, asked, work, record);
  }
}
