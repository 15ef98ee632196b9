package dev.flyball.server.openai;

import dev.flyball.engine.CacheChoice;
import dev.flyball.engine.ModelUse;
import dev.flyball.governor.Need;
import dev.flyball.governor.PromptShape;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.generate.GenerationObserver;
import dev.flyball.server.generate.GenerationParams;
import dev.flyball.server.generate.RequestLimits;
import dev.flyball.server.generate.Worker;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.models.KeepAlive;
import dev.flyball.server.models.ModelLease;
import dev.flyball.server.models.ModelResolver;
import dev.flyball.server.models.ServedAdapters;
import dev.flyball.server.plan.RequestPlanner;
import dev.flyball.server.receipt.ReceiptOffice;
import dev.flyball.server.receipt.RequestRecord;
import dev.flyball.server.terms.CacheIsolation;
import dev.flyball.server.terms.LatencyDefaults;
import dev.flyball.server.terms.RequestTerms;
import dev.flyball.server.terms.TermHeaders;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What the endpoints work with.
 *
 * @param models from names to engines
 * @param adapters that requests may choose
 * @param planner from requests to plans
 * @param receipts takes notes of every request
 * @param latency how fast answers are to come where a request does not say
 * @param isolation who may find what others left in the cache
 * @param worker does what would hold an event loop up
 * @param limits what one request may ask
 * @param observer is told of every generation
 * @param clock dates answers
 */
public record OpenAiContext(
    ModelResolver models,
    ServedAdapters adapters,
    RequestPlanner planner,
    ReceiptOffice receipts,
    LatencyDefaults latency,
    CacheIsolation isolation,
    Worker worker,
    RequestLimits limits,
    GenerationObserver observer,
    InstantSource clock) {

  /**
   * Takes a model into use that is good for something.
   *
   * @throws ServerException WRONG_KIND_OF_MODEL where it is not, UNSUPPORTED where an adapter is
   *     named that is of no use for it, and what {@link ModelResolver#lease} throws
   */
  ModelLease lease(Optional<String> model, Optional<KeepAlive> keepAlive, ModelUse use) {
    ModelLease lease = models.lease(model, keepAlive);
    return lease.guarding(
        () -> {
          if (!lease.engine().info().isFor(use)) {
            throw WrongKindOfModel.refusal(
                lease.model().name(), lease.engine().info(), use, models.loadedFor(use));
          }
          if (use != ModelUse.GENERATE) {
            refuseAdapter(lease);
          }
          return lease;
        });
  }

  private static void refuseAdapter(ModelLease lease) {
    if (lease.adapter().isPresent()) {
      throw ServerException.ofField(
          ServerError.UNSUPPORTED,
          "model",
          "the adapter '%s' cannot be used for embeddings or ranks; name its model, '%s'"
              .formatted(lease.servedName(), lease.model().name()));
    }
  }

  /** The terms that a request speaks of, noted in its record. */
  RequestTerms terms(TermHeaders headers, JsonFields fields, RequestRecord record) {
    RequestTerms terms = RequestTerms.read(headers, fields, isolation);
    record.asked(terms.service(), terms.run());
    return terms;
  }

  /**
   * Plans a request and notes the plan in its record.
   *
   * @return the terms on which it is served: what it left open is the model's default, or decided
   */
  RequestTerms plan(
      ModelLease lease, RequestTerms asked, RequestPlanner.Asked what, RequestRecord record) {
    String model = lease.model().name();
    RequestTerms terms = asked.withDefaults(latency.of(model));
    record.served(model);
    record.asked(terms.service(), terms.run());
    PromptShape shape = planner.shape(model, what, terms);
    CacheChoice cache = planner.cache(what, lease, terms);
    record.planned(planner.plan(shape, lease, cache));
    return terms.with(cache.storage().type());
  }

  /** What every kind of generation may need; to be added to. */
  static Set<Need> needs(GenerationParams params) {
    Set<Need> needs = EnumSet.noneOf(Need.class);
    if (params.grammar().isPresent()) {
      needs.add(Need.GRAMMAR);
    }
    if (params.logprobs()) {
      needs.add(Need.LOGPROBS);
    }
    return needs;
  }
}
