package dev.flyball.server.generate;

import dev.flyball.engine.GenerationResult;
import java.time.Duration;
import java.util.List;

/** Is told of every generation. Must be quick and thread-safe: tokens come on engines' threads. */
public interface GenerationObserver {
  /**
   * A generation ended.
   *
   * @param model the model's name
   * @param tenant for whom it was
   * @param timeToFirstToken from the request's arrival
   * @param total from the request's arrival to the generation's end
   */
  void onGenerationEnd(
      String model,
      String tenant,
      GenerationResult result,
      Duration timeToFirstToken,
      Duration total);

  /** A generation failed in the engine. */
  default void onGenerationFailure(String model) {}

  /**
   * Tokens came after others of the same generation.
   *
   * @param sinceLastNanos time since the others came
   */
  default void onTokens(String model, int tokens, long sinceLastNanos) {}

  /** Tells several observers, in their order. */
  static GenerationObserver all(List<GenerationObserver> observers) {
    return new GenerationObservers(List.copyOf(observers));
  }
}
