package dev.flyball.engine;

import java.nio.file.Path;

/** Engines on a machine with so little free memory that running sequences compete for it. */
public final class TightEngines {
  private static final long SPARE_BYTES = 4096;
  private static final long HEAP_BYTES = 1L << 30;

  private TightEngines() {}

  /**
   * Loads a model with a cache for one whole context, whatever may run: caches get half of what is
   * left.
   */
  public static Engine load(Path model, EngineOptions options) {
    MemoryEstimate need = new LocalEngines().estimate(model, options);
    long oneContext = need.cache() / options.maxRunning();
    long free = need.least() + 2 * oneContext + SPARE_BYTES;
    return new LocalEngines(() -> new FreeMemory(free, HEAP_BYTES)).load(model, options);
  }
}
