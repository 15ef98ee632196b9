package dev.flyball.engine;

import java.nio.file.Path;

/** Opens models. Thread-safe. */
public interface EngineFactory {
  /**
   * Loads a model. Blocks while it loads.
   *
   * @throws EngineException FILE_UNREADABLE, FILE_CORRUPT, UNSUPPORTED_MODEL, OUT_OF_MEMORY
   */
  Engine load(Path file, EngineOptions options);

  /**
   * What {@link #load} would need, found from the file's header alone.
   *
   * @throws EngineException FILE_UNREADABLE, FILE_CORRUPT, UNSUPPORTED_MODEL
   */
  MemoryEstimate estimate(Path file, EngineOptions options);
}
