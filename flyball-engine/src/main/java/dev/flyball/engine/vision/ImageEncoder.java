package dev.flyball.engine.vision;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Makes input for a text model of the files of pictures. Results are kept by the content of the
 * files: the same picture is encoded once, as long as there is room. Pictures are encoded one at a
 * time, on a thread of its own beside the engine's, and answers are decoded meanwhile. Thread-safe.
 */
public final class ImageEncoder implements AutoCloseable {
  /** What encoded images may take together. */
  static final long CACHE_BYTES = 64L << 20;

  private final VisionModel model;
  private final ImageMarkers markers;
  private final ImageLimits limits;
  private final ImageCache cache = new ImageCache(CACHE_BYTES);
  private final AtomicBoolean closing = new AtomicBoolean();
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("flyball-images").factory());

  /**
   * What {@link #encode} did.
   *
   * @param time that it took, with what it waited for
   * @param cached whether it was there already
   */
  public record Encoding(EncodedImage image, Duration time, boolean cached) {}

  /**
   * What a projector needs.
   *
   * @param tokens that an image takes in a step
   * @param bytes of weights and scratch, about
   */
  public record Outline(int tokens, long bytes) {}

  private ImageEncoder(VisionModel model, ImageMarkers markers, ImageLimits limits) {
    this.model = model;
    this.markers = markers;
    this.limits = limits;
  }

  /**
   * Loads a projector for a text model.
   *
   * @param architecture of the text model
   * @param columns values of the text model's vectors
   * @throws EngineException FILE_UNREADABLE, FILE_CORRUPT; UNSUPPORTED_MODEL where the file is no
   *     projector that is known, or another model's
   */
  public static ImageEncoder load(
      Path projector, String architecture, int columns, Tokenizer tokenizer, ModelOptions options) {
    ImageMarkers markers = ImageMarkers.of(tokenizer);
    return new ImageEncoder(
        VisionModel.load(projector, architecture, columns, options), markers, ImageLimits.DEFAULT);
  }

  /**
   * What {@link #load} would make, after the same checks of the files.
   *
   * @throws EngineException as {@link #load}
   */
  public static Outline outline(
      Path projector, String architecture, int columns, ModelOptions options) {
    try (GgufFile file = GgufFile.open(projector)) {
      VisionSpec spec = VisionSpec.read(file, options);
      VisionModel.requireFits(projector, spec, architecture, columns);
      long scratch = spec.tower().scratchBytesPerToken() * spec.tower().config().contextLength();
      return new Outline(spec.tokens(), file.sizeBytes() + scratch + CACHE_BYTES);
    }
  }

  /** Tokens that an image takes in a prompt, without those around it. */
  public int tokensPerImage() {
    return model.spec().tokens();
  }

  /** Bytes that the file of a picture may have. */
  public int maxFileBytes() {
    return limits.fileBytes();
  }

  /**
   * Encodes a picture: a PNG, JPEG, GIF or BMP file. Blocks for as long as it takes, which may be
   * seconds.
   *
   * @throws EngineException INVALID_INPUT where it is too large or cannot be decoded, CLOSED
   */
  public Encoding encode(byte[] file) {
    long begin = System.nanoTime();
    byte[] digest = EncodedImage.sha256(file);
    Optional<EncodedImage> kept = cache.find(digest);
    try {
      boolean[] cached = {kept.isPresent()};
      EncodedImage image =
          kept.isPresent()
              ? kept.get()
              : CompletableFuture.supplyAsync(
                      () -> {
                        Optional<EncodedImage> meanwhile = cache.find(digest);
                        cached[0] = meanwhile.isPresent();
                        return meanwhile.orElseGet(() -> compute(file, digest));
                      },
                      thread)
                  .join();
      return new Encoding(image, Duration.ofNanos(System.nanoTime() - begin), cached[0]);
    } catch (RejectedExecutionException e) {
      throw closed();
    } catch (CompletionException e) {
      throw e.getCause() instanceof EngineException known
          ? known
          : new EngineException(
              EngineError.INTERNAL, "an image could not be encoded: " + e.getCause(), e);
    }
  }

  private static EngineException closed() {
    return new EngineException(EngineError.CLOSED, "the model is closed");
  }

  private EncodedImage compute(byte[] file, byte[] digest) {
    if (closing.get()) {
      throw closed();
    }
    Picture picture = PictureFile.decode(file, limits);
    EncodedImage image = new EncodedImage(digest, model.encode(picture), tokensPerImage());
    cache.put(digest, image);
    return image;
  }

  /**
   * Puts images into a prompt, each where the template wrote its marker.
   *
   * @throws EngineException INVALID_INPUT where there are not as many markers as images
   */
  public ImagePrompt place(TokenIds prompt, List<EncodedImage> images) {
    return markers.place(prompt, images);
  }

  /** Frees the model once what is being encoded has ended; what waits for it fails. */
  @Override
  public void close() {
    if (closing.compareAndSet(false, true)) {
      thread.execute(model::close);
      thread.shutdown();
    }
  }
}
