package dev.flyball.engine.quantize;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufValueType;
import dev.flyball.engine.gguf.GgufWriter;
import dev.flyball.kernels.WorkerTeam;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes a model file anew with quantised weights. What is not a weight is taken over; a model in
 * several files becomes one.
 */
public final class ModelQuantizer {
  private static final String VERSION_KEY = "general.quantization_version";
  private static final String FILE_TYPE_KEY = "general.file_type";

  /** What is kept of the importance matrix; of an earlier one, nothing. */
  private static final String IMPORTANCE_KEYS = "quantize.imatrix.";

  /** The version of ggml's block formats. */
  private static final int QUANTIZATION_VERSION = 2;

  private ModelQuantizer() {}

  /** Hears how much of the source is done, on the calling thread. */
  @FunctionalInterface
  public interface Progress {
    /** The last call has both numbers equal. */
    void done(long bytes, long totalBytes);
  }

  /**
   * Quantises a model. The file appears when it is complete, and replaces one of its name; memory
   * does not grow with the model's size.
   *
   * @throws EngineException FILE_UNREADABLE, FILE_CORRUPT, UNSUPPORTED_MODEL as {@link
   *     GgufFile#open}; INVALID_INPUT where weights are quantised already and that is not allowed,
   *     where a value is not finite or too large for its format, or where source and target are one
   * @throws UncheckedIOException where the file cannot be written; nothing is left behind then
   */
  public static QuantizationResult write(
      Path source, Path target, QuantizationOptions options, Progress progress) {
    try (GgufFile file = GgufFile.open(source);
        WorkerTeam team = new WorkerTeam("flyball-quantize", options.threads())) {
      requireAnother(file, target);
      List<PlannedTensor> plan = QuantizationPlan.of(file, options);
      QuantizationResult result = QuantizationResult.of(plan);
      GgufWriter writer = new GgufWriter();
      putMetadata(writer, file, options);
      AtomicLong done = new AtomicLong();
      for (PlannedTensor planned : plan) {
        QuantizedContent content =
            new QuantizedContent(
                planned, team, bytes -> progress.done(done.addAndGet(bytes), result.sourceBytes()));
        writer.addTensor(
            planned.source().name(), planned.target(), planned.source().shape(), content);
      }
      writer.write(target);
      return result;
    }
  }

  private static void putMetadata(GgufWriter writer, GgufFile file, QuantizationOptions options) {
    writer
        .putAll(
            file.metadata(),
            key ->
                !key.startsWith("split.")
                    && !key.startsWith(IMPORTANCE_KEYS)
                    && !key.equals(VERSION_KEY)
                    && !key.equals(FILE_TYPE_KEY))
        .putInteger(VERSION_KEY, GgufValueType.UINT32, QUANTIZATION_VERSION)
        .putInteger(FILE_TYPE_KEY, GgufValueType.UINT32, options.quantization().fileType());
    options
        .importance()
        .ifPresent(
            matrix ->
                writer
                    .putString(IMPORTANCE_KEYS + "dataset", matrix.datasets())
                    .putInteger(
                        IMPORTANCE_KEYS + "entries_count",
                        GgufValueType.UINT32,
                        matrix.tensors().size())
                    .putInteger(
                        IMPORTANCE_KEYS + "chunks_count", GgufValueType.UINT32, matrix.chunks()));
  }

  private static void requireAnother(GgufFile file, Path target) {
    try {
      for (Path part : file.parts()) {
        if (Files.exists(target) && Files.isSameFile(part, target)) {
          throw new EngineException(
              EngineError.INVALID_INPUT, target + " is the file to be read; name another one");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(target + ": cannot be looked at: " + e.getMessage(), e);
    }
  }
}
