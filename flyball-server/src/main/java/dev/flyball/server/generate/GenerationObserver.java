package dev.flyball.server.generate;

import dev.flyball.engine.GenerationResult;
import java.time.Duration;

/** Is told of every generation that ended. Must be quick and thread-safe. */
@FunctionalInterface
public interface GenerationObserver {
  /**
   * A generation ended.
   *
   * @param model the model's name
   * @param timeToFirstToken from the request's arrival
   * @param total from the request's arrival to the generation's end
   */
  void onGenerationEnd(
      String model, GenerationResult result, Duration timeToFirstToken, Duration total);
}
