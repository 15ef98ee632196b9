package dev.flyball.server.models;

import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineFactory;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.MemoryEstimate;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Loads one of the models with a projector given by hand; the others with the one that lies beside
 * them, if any.
 *
 * @param model the file of the model that the projector is for
 */
public record ProjectedModel(EngineFactory engines, Path projector, Supplier<Path> model)
    implements EngineFactory {
  @Override
  public Engine load(Path file, EngineOptions options) {
    return engines.load(file, with(file, options));
  }

  @Override
  public MemoryEstimate estimate(Path file, EngineOptions options) {
    return engines.estimate(file, with(file, options));
  }

  private EngineOptions with(Path file, EngineOptions options) {
    return file.equals(model.get()) ? options.withProjector(Optional.of(projector)) : options;
  }
}
