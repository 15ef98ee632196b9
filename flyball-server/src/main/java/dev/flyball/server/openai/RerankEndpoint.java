package dev.flyball.server.openai;

import dev.flyball.engine.Engine;
import dev.flyball.engine.ModelUse;
import dev.flyball.server.http.Endpoint;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.models.ModelLease;
import dev.flyball.server.receipt.RequestRecord;
import dev.flyball.server.terms.RequestTerms;
import dev.flyball.server.terms.TermHeaders;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;

/** {@code POST /v1/rerank}: how relevant documents are to a query. */
public final class RerankEndpoint implements Endpoint {
  private final OpenAiContext context;

  public RerankEndpoint(OpenAiContext context) {
    this.context = context;
  }

  /** A request that is ready for the engine. */
  private record Prepared(
      RerankRequest request, RequestTerms terms, ModelLease lease, List<TokenIds> prompts) {}

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
    RerankRequest request = RerankRequest.parse(fields, context.limits());
    ModelLease lease = context.lease(request.model(), request.keepAlive(), ModelUse.RANK);
    return lease.guarding(
        () -> {
          List<TokenIds> prompts = prompts(request, lease.engine());
          RequestTerms terms =
              context.plan(lease, asked, EmbeddingsEndpoint.asked(prompts), record);
          return new Prepared(request, terms, lease, prompts);
        });
  }

  private static List<TokenIds> prompts(RerankRequest request, Engine engine) {
    List<TokenIds> prompts = new ArrayList<>();
    for (String document : request.documents()) {
      String path = RerankRequest.pathOf(prompts.size());
      prompts.add(request.length().fitPair(request.query(), document, engine, path));
    }
    return prompts;
  }

  private static void run(Exchange exchange, Prepared prepared, RequestRecord record) {
    ModelLease lease = prepared.lease();
    if (exchange.isOver()) {
      lease.close();
      record.abandoned();
      return;
    }
    RerankAnswer answer =
        new RerankAnswer(
            exchange.requestId(),
            lease.model().name(),
            prepared.request(),
            prepared.terms().receipt());
    new PooledTexts<>(exchange, lease, prepared.prompts(), lease.engine()::rank, record, answer)
        .start();
  }
}
