package dev.flyball.server.generate;

import dev.flyball.engine.GenerationResult;
import java.time.Duration;
import java.util.List;

/** Several observers as one. */
record GenerationObservers(List<GenerationObserver> observers) implements GenerationObserver {
  @Override
  public void onGenerationEnd(
      String model,
      String tenant,
      GenerationResult result,
      Duration timeToFirstToken,
      Duration total) {
    observers.forEach(
        observer -> observer.onGenerationEnd(model, tenant, result, timeToFirstToken, total));
  }

  @Override
  public void onGenerationFailure(String model) {
    observers.forEach(observer -> observer.onGenerationFailure(model));
  }

  @Override
  public void onTokens(String model, int tokens, long sinceLastNanos) {
    for (GenerationObserver observer : observers) {
      observer.onTokens(model, tokens, sinceLastNanos);
    }
  }
}
