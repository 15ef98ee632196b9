package dev.flyball.engine;

import dev.flyball.engine.model.ModelConfig;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.engine.vision.ImageEncoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the file that makes images input for a model: the one that the options name, which must
 * fit; else the only file beside the model's whose name begins with {@code mmproj}, if it fits.
 */
final class Projectors {
  private static final Logger LOG = System.getLogger(Projectors.class.getName());

  private final Path model;
  private final EngineOptions options;

  Projectors(Path model, EngineOptions options) {
    this.model = model;
    this.options = options;
  }

  /** A projector that fits a model. */
  record Found(Path file, ImageEncoder.Outline outline) {}

  /**
   * The projector of a model, or nothing.
   *
   * @throws EngineException as {@link ImageEncoder#outline}, for the one that the options name
   */
  Optional<Found> find(ModelConfig config, ModelOptions run) {
    if (options.projector().isPresent()) {
      return Optional.of(found(options.projector().get(), config, run));
    }
    Optional<Path> beside = beside();
    if (beside.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(found(beside.get(), config, run));
    } catch (EngineException e) {
      LOG.log(Level.INFO, "{0} takes no images: {1}", model, e.getMessage());
      return Optional.empty();
    }
  }

  private static Found found(Path file, ModelConfig config, ModelOptions run) {
    return new Found(
        file, ImageEncoder.outline(file, config.architecture(), config.embeddingLength(), run));
  }

  private Optional<Path> beside() {
    Path folder = model.toAbsolutePath().getParent();
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> projectors = files.filter(Projectors::isProjector).limit(2).toList();
      return projectors.size() == 1 ? Optional.of(projectors.getFirst()) : Optional.empty();
    } catch (IOException | UncheckedIOException e) {
      LOG.log(Level.DEBUG, "no projector can be looked for in " + folder, e);
      return Optional.empty();
    }
  }

  private static boolean isProjector(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return name.startsWith("mmproj") && name.endsWith(".gguf") && Files.isRegularFile(file);
  }

  /** Loads what was found. */
  static ImageEncoder load(Found found, ModelConfig config, Tokenizer tokenizer, ModelOptions run) {
    return ImageEncoder.load(
        found.file(), config.architecture(), config.embeddingLength(), tokenizer, run);
  }
}
