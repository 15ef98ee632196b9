package dev.flyball.server.openai;

import dev.flyball.server.http.Exchange;
import dev.flyball.server.models.ModelLease;
import dev.flyball.server.plan.RequestPlanner;
import dev.flyball.server.receipt.RequestRecord;
import dev.flyball.server.terms.RequestTerms;
import dev.flyball.units.TokenIds;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** What endpoints share whose texts a model is not to go on with: {@link PooledTexts}. */
abstract sealed class PooledEndpoint extends OpenAiEndpoint<PooledEndpoint.Prepared>
    permits EmbeddingsEndpoint, RerankEndpoint {
  PooledEndpoint(OpenAiContext context) {
    super(context);
  }

  /** A request that is ready for the engine. */
  record Prepared(ModelLease lease, PooledTexts<?> texts) {}

  @Override
  final void run(Exchange exchange, Prepared prepared, RequestRecord record) {
    if (exchange.isOver()) {
      prepared.lease().close();
      record.abandoned();
    } else {
      prepared.texts().start();
    }
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
    return context().plan(lease, asked, work, record);
  }
}
