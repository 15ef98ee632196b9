package dev.flyball.server.support;

import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.EngineFactory;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.MemoryEstimate;
import dev.flyball.engine.ModelUse;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Opens scripted engines, by the names of files: {@code greeting}, {@code endless}, {@code flood},
 * {@code failing}, {@code calling} recite these scripts, {@code corrupt} cannot be loaded, {@code
 * slow} waits between its tokens, {@code ranking} and {@code embedding} can do that only, {@code
 * broken} fails with what nobody expected; every other file is a greeting.
 */
public final class ScriptedEngines implements EngineFactory {
  public static final long MODEL_BYTES = 1 << 20;

  private final Map<String, ScriptedEngine> engines = new ConcurrentHashMap<>();
  private final AtomicInteger loads = new AtomicInteger();

  /** The engine loaded last from a file. */
  public ScriptedEngine engine(String name) {
    ScriptedEngine engine = engines.get(name);
    if (engine == null) {
      throw new IllegalStateException(name + " was never loaded");
    }
    return engine;
  }

  /** Loads begun so far. */
  public int loads() {
    return loads.get();
  }

  @Override
  public Engine load(Path file, EngineOptions options) {
    loads.incrementAndGet();
    LockSupport.parkNanos(5_000_000);
    String name = nameOf(file);
    Script script =
        switch (name) {
          case "endless" -> Script.ENDLESS;
          case "slow" -> Script.SLOW;
          case "flood" -> Script.FLOOD;
          case "failing" -> Script.FAILING;
          case "calling" -> Script.CALLING;
          case "corrupt" ->
              throw new EngineException(EngineError.FILE_CORRUPT, "the file is no GGUF file");
          case "broken" -> throw new IllegalStateException("secret detail of the loader");
          default -> Script.GREETING;
        };
    Set<ModelUse> uses =
        switch (name) {
          case "ranking" -> Set.of(ModelUse.RANK);
          case "embedding" -> Set.of(ModelUse.EMBED);
          default -> Set.of(ModelUse.GENERATE, ModelUse.EMBED);
        };
    ScriptedEngine engine =
        new ScriptedEngine(script, uses, options.maxRunning(), options.maxWaiting());
    engines.put(name, engine);
    return engine;
  }

  @Override
  public MemoryEstimate estimate(Path file, EngineOptions options) {
    return new MemoryEstimate(MODEL_BYTES, 0, 0);
  }

  private static String nameOf(Path file) {
    return String.valueOf(file.getFileName()).replace(".gguf", "");
  }
}
