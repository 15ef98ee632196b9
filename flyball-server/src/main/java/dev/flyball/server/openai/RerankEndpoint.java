package dev.flyball.server.openai;

import dev.flyball.engine.Engine;
import dev.flyball.engine.ModelUse;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.models.ModelLease;
import dev.flyball.server.receipt.RequestRecord;
import dev.flyball.server.terms.RequestTerms;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;

/** {@code POST /v1/rerank}: how relevant documents are to a query. */
public final class RerankEndpoint extends PooledEndpoint {
  public RerankEndpoint(OpenAiContext context) {
    super(context);
  }

  @Override
  Prepared prepare(Exchange exchange, JsonFields fields, RequestTerms asked, RequestRecord record) {
    RerankRequest request = RerankRequest.parse(fields, context().limits());
    ModelLease lease = context().lease(request.model(), request.keepAlive(), ModelUse.RANK);
    return lease.guarding(
        () -> {
          Engine engine = lease.engine();
          List<TokenIds> texts = prompts(request, engine);
          RequestTerms terms = plan(lease, asked, texts, record);
          RerankAnswer answer =
              new RerankAnswer(
                  exchange.requestId(), lease.model().name(), request, terms.receipt());
          return new Prepared(
              lease, new PooledTexts<>(exchange, lease, texts, engine::rank, record, answer));
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
}
