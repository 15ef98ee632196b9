package dev.flyball.server.plan;

import dev.flyball.engine.CacheChoice;
import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineLoad;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.FinishReason;
import dev.flyball.engine.GenerationResult;
import dev.flyball.engine.cache.CacheType;
import dev.flyball.governor.ExpectedOutput;
import dev.flyball.governor.Knobs;
import dev.flyball.governor.Need;
import dev.flyball.governor.OutputEstimator;
import dev.flyball.governor.Plan;
import dev.flyball.governor.Planner;
import dev.flyball.governor.PromptShape;
import dev.flyball.governor.Target;
import dev.flyball.governor.TargetLoad;
import dev.flyball.server.generate.GenerationObserver;
import dev.flyball.server.models.ModelLease;
import dev.flyball.server.terms.RequestTerms;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;

/** Finds out the shape of a request, and has it planned. Thread-safe. */
public final class RequestPlanner implements GenerationObserver {
  /** Pairs of model and tenant whose answers are remembered: less than a megabyte. */
  private static final int MAX_PAIRS = 1000;

  private final EngineOptions options;
  private final Planner planner = new Planner();
  private final OutputEstimator estimator = new OutputEstimator(MAX_PAIRS);

  /**
   * A planner.
   *
   * @param options that engines are run with
   */
  public RequestPlanner(EngineOptions options) {
    this.options = options;
  }

  /**
   * What a request asks of a model.
   *
   * @param promptTokens tokens of all its prompts
   * @param longestPrompt tokens of the longest of them
   * @param choices answers to all of them
   * @param maxTokens where each answer ends at the latest; 0: none is generated
   * @param needs what it needs besides text
   */
  public record Asked(
      int promptTokens, int longestPrompt, int choices, OptionalInt maxTokens, Set<Need> needs) {}

  /** The shape of a request to a model. */
  public PromptShape shape(String model, Asked asked, RequestTerms terms) {
    ExpectedOutput expected = expected(model, terms.service().tenant());
    return new PromptShape(
        asked.promptTokens(),
        0, // what is in memory is found out when the engine takes it
        asked.choices(),
        asked.maxTokens().isPresent() ? expected.atMost(asked.maxTokens().getAsInt()) : expected,
        terms.service(),
        terms.run(),
        asked.needs());
  }

  /** How keys and values of a request are kept; what generates nothing has no choice. */
  public CacheChoice cache(Asked asked, ModelLease lease, RequestTerms terms) {
    boolean generates = asked.maxTokens().orElse(1) > 0;
    return generates
        ? lease.engine().cacheFor(terms.cache().type(), asked.longestPrompt())
        : lease.engine().cacheFor(CacheType.AUTOMATIC, 0);
  }

  /** How a request is answered by the engine that it has, with what was chosen for its cache. */
  public Plan plan(PromptShape shape, ModelLease lease, CacheChoice cache) {
    return planner.plan(shape, List.of(target(lease, cache)));
  }

  @Override
  public void onGenerationEnd(
      String model,
      String tenant,
      GenerationResult result,
      Duration timeToFirstToken,
      Duration total) {
    if (result.reason() != FinishReason.CANCELLED && result.usage().output() > 0) {
      synchronized (estimator) {
        estimator.observe(model, tenant, result.usage().output());
      }
    }
  }

  private ExpectedOutput expected(String model, String tenant) {
    synchronized (estimator) {
      return estimator.expect(model, tenant);
    }
  }

  private Target target(ModelLease lease, CacheChoice cache) {
    Engine engine = lease.engine();
    EngineLoad load = engine.load();
    return new Target(
        "this process: " + lease.model().name(),
        engine.info().contextLength(),
        new Knobs(
            options.scheduler().name().toLowerCase(Locale.ROOT),
            cache.storage().type().label(),
            cache.reason()),
        new TargetLoad(
            load.running(),
            options.maxRunning(),
            load.waiting(),
            load.promptBacklog(),
            load.cacheTokensUsed(),
            load.cacheTokensCapacity()));
  }
}
