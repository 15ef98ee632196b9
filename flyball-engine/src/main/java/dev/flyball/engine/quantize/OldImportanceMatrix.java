package dev.flyball.engine.quantize;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The older format of importance matrices. Numbers are little-endian, lengths and counts of four
 * bytes; what follows the entries is not needed.
 *
 * <pre>
 * entries
 * for each: bytes of the name, the name, windows, columns, for each column the sum of its means
 * </pre>
 *
 * <p>Tensors with several matrices have their columns one behind the other: how many they are is
 * for the tensor to say, so they are read as one.
 */
final class OldImportanceMatrix {
  private static final int LONGEST_NAME = 4096;
  private static final int MOST_ENTRIES = 1 << 20;
  private static final long LARGEST_BYTES = 1L << 30;

  private OldImportanceMatrix() {}

  static ImportanceMatrix read(Path path) {
    ByteBuffer in = ByteBuffer.wrap(bytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    Map<String, ImportanceMatrix.Sums> sums = new HashMap<>();
    try {
      int entries = count(path, in, 1, MOST_ENTRIES);
      for (int entry = 0; entry < entries; entry++) {
        byte[] name = new byte[count(path, in, 1, LONGEST_NAME)];
        in.get(name);
        int windows = count(path, in, 0, Integer.MAX_VALUE);
        float[] squares = new float[count(path, in, 1, in.remaining() / Float.BYTES)];
        in.asFloatBuffer().get(squares);
        in.position(in.position() + Float.BYTES * squares.length);
        String text = new String(name, StandardCharsets.UTF_8);
        // the sums are of one mean a window
        sums.put(text, ImportanceMatrixFile.checked(path, text, squares, new long[] {windows}));
      }
    } catch (BufferUnderflowException e) {
      throw ImportanceMatrixFile.corrupt(path, "this file of an importance matrix is cut off");
    }
    return ImportanceMatrix.of(sums, "", 0, 0);
  }

  private static byte[] bytes(Path path) {
    try {
      if (Files.size(path) > LARGEST_BYTES) {
        throw ImportanceMatrixFile.corrupt(path, "too large for an importance matrix");
      }
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new EngineException(
          EngineError.FILE_UNREADABLE, path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static int count(Path path, ByteBuffer in, int least, int most) {
    int value = in.getInt();
    if (value < least || value > most) {
      throw ImportanceMatrixFile.corrupt(
          path, "this is neither a GGUF file nor an importance matrix: a count is " + value);
    }
    return value;
  }
}
