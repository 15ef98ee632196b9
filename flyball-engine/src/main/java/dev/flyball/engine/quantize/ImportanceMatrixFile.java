package dev.flyball.engine.quantize;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufMetadata;
import dev.flyball.engine.gguf.GgufTensor;
import dev.flyball.engine.gguf.GgufValueType;
import dev.flyball.engine.gguf.GgufWriter;
import dev.flyball.kernels.BlockDecoder;
import dev.flyball.kernels.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files of importance matrices: GGUF files of the type {@code imatrix}, where a tensor {@code
 * NAME.in_sum2} (columns, matrices) has the sums of squares of a tensor {@code NAME}, and {@code
 * NAME.counts} (1, matrices) how many rows they are of. The older format ({@link
 * OldImportanceMatrix}) is read too.
 *
 * <p>Source: llama.cpp's tool imatrix.
 */
public final class ImportanceMatrixFile {
  private static final String TYPE_KEY = "general.type";
  private static final String TYPE = "imatrix";
  private static final String DATASETS_KEY = "imatrix.datasets";
  private static final String CHUNKS_KEY = "imatrix.chunk_count";
  private static final String CHUNK_TOKENS_KEY = "imatrix.chunk_size";
  private static final String SUMS = ".in_sum2";
  private static final String COUNTS = ".counts";

  private ImportanceMatrixFile() {}

  /**
   * Writes a matrix.
   *
   * @throws java.io.UncheckedIOException where the file cannot be written
   */
  public static void write(ImportanceMatrix matrix, Path target) {
    GgufWriter writer = new GgufWriter();
    writer
        .putString(TYPE_KEY, TYPE)
        .putStrings(DATASETS_KEY, List.of(matrix.datasets()))
        .putInteger(CHUNKS_KEY, GgufValueType.UINT32, matrix.chunks())
        .putInteger(CHUNK_TOKENS_KEY, GgufValueType.UINT32, matrix.chunkTokens());
    matrix
        .tensors()
        .forEach(
            (name, sums) -> {
              long matrices = sums.counts().length;
              writer.addTensor(
                  name + SUMS,
                  TensorType.F32,
                  List.of((long) sums.columns(), matrices),
                  bytes(sums.squares()));
              float[] counts = new float[sums.counts().length];
              for (int i = 0; i < counts.length; i++) {
                counts[i] = sums.counts()[i];
              }
              writer.addTensor(name + COUNTS, TensorType.F32, List.of(1L, matrices), bytes(counts));
            });
    writer.write(target);
  }

  private static byte[] bytes(float[] values) {
    ByteBuffer buffer =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return buffer.array();
  }

  /**
   * Reads a matrix.
   *
   * @throws EngineException FILE_UNREADABLE; FILE_CORRUPT where it is no file of an importance
   *     matrix, or its numbers cannot be
   */
  public static ImportanceMatrix read(Path path) {
    if (!isGguf(path)) {
      return OldImportanceMatrix.read(path);
    }
    try (GgufFile file = GgufFile.open(path)) {
      GgufMetadata metadata = file.metadata();
      if (!metadata.findString(TYPE_KEY).equals(Optional.of(TYPE))) {
        throw corrupt(
            path, "this GGUF file is no importance matrix: its general.type is not imatrix");
      }
      Map<String, ImportanceMatrix.Sums> sums = new HashMap<>();
      for (GgufTensor tensor : file.tensors()) {
        if (tensor.name().endsWith(SUMS)) {
          String name = tensor.name().substring(0, tensor.name().length() - SUMS.length());
          sums.put(name, sums(path, tensor, file.tensor(name + COUNTS)));
        }
      }
      return ImportanceMatrix.of(
          sums,
          metadata.has(DATASETS_KEY) ? String.join(", ", metadata.strings(DATASETS_KEY)) : "",
          (int) metadata.findInteger(CHUNK_TOKENS_KEY).orElse(0),
          (int) metadata.findInteger(CHUNKS_KEY).orElse(0));
    }
  }

  private static boolean isGguf(Path path) {
    try (InputStream in = Files.newInputStream(path)) {
      return new String(in.readNBytes(4), StandardCharsets.US_ASCII).equals("GGUF");
    } catch (IOException e) {
      throw new EngineException(
          EngineError.FILE_UNREADABLE, path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static ImportanceMatrix.Sums sums(Path path, GgufTensor sums, GgufTensor counts) {
    float[] squares = floats(path, sums);
    float[] each = floats(path, counts);
    long[] rows = new long[each.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (long) each[i];
    }
    return checked(path, sums.name(), squares, rows);
  }

  /** Sums that can be. */
  static ImportanceMatrix.Sums checked(Path path, String name, float[] squares, long[] counts) {
    if (counts.length == 0 || squares.length == 0 || squares.length % counts.length != 0) {
      throw corrupt(
          path, name + " has " + squares.length + " sums for " + counts.length + " matrices");
    }
    for (float square : squares) {
      if (!(square >= 0) || Float.isInfinite(square)) {
        throw corrupt(path, name + " has a sum of squares that is " + square);
      }
    }
    for (long count : counts) {
      if (count < 0) {
        throw corrupt(path, name + " has a count that is " + count);
      }
    }
    return new ImportanceMatrix.Sums(squares, counts);
  }

  private static float[] floats(Path path, GgufTensor tensor) {
    if (tensor.type() != TensorType.F32 || tensor.elements() > Integer.MAX_VALUE) {
      throw corrupt(path, tensor.name() + " should be of F32, and is of " + tensor.type());
    }
    float[] values = new float[(int) tensor.elements()];
    BlockDecoder.decode(TensorType.F32, tensor.data(), 0, values, 0, values.length);
    return values;
  }

  static EngineException corrupt(Path path, String problem) {
    return new EngineException(EngineError.FILE_CORRUPT, path + ": " + problem);
  }
}
