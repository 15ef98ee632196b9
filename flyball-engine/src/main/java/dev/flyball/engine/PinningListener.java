package dev.flyball.engine;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvNamespace;
import dev.flyball.units.TokenIds;
import java.util.concurrent.CompletableFuture;

/**
 * Pins the prompt of a generation in the cache when the generation ends, on the engine's thread.
 */
record PinningListener(KvCache cache, TokenIds prefix, CompletableFuture<Integer> pinned)
    implements GenerationListener {
  @Override
  public void onDelta(GenerationDelta delta) {
    // only its prompt is wanted
  }

  @Override
  public void onEnd(GenerationResult result) {
    if (result.reason() == FinishReason.CANCELLED) {
      pinned.completeExceptionally(
          new EngineException(
              EngineError.CLOSED, "the engine closed before the prefix was pinned"));
    } else {
      pinned.complete(cache.pin(prefix, KvNamespace.EVERYBODY).tokens());
    }
  }

  @Override
  public void onFailure(EngineException failure) {
    pinned.completeExceptionally(failure);
  }
}
