package dev.flyball.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against the plain sum in double, on sizes that divide by nothing. */
class MatrixProductTest {
  private static final long SEED = 20_261_121;
  private static final int MAX_TOKENS = 131;
  private static final int MAX_COLUMNS = 4098;

  @Test
  void productsAgreeWithThePlainSumOnRaggedShapes() {
    Random random = new Random(SEED);
    try (WorkerTeam team = new WorkerTeam("test", 3)) {
      MatrixProduct product = new MatrixProduct(team, MAX_TOKENS);
      MatrixInput input = new MatrixInput(MAX_TOKENS, MAX_COLUMNS);
      for (int columns : new int[] {1, 13, 207, 256, 702, 1024, 1031, 4098}) {
        for (int tokens : new int[] {1, 2, 39, 40, 41, 131}) {
          StoredMatrix w = f32(random, 1 + random.nextInt(40), columns);
          check(product, input, team, w, gaussian(random, tokens * columns), tokens);
        }
      }
    }
  }

  @Test
  void everyTypeIsMultipliedAsItIsDecoded() {
    Random random = new Random(SEED);
    try (WorkerTeam team = new WorkerTeam("test", 2)) {
      MatrixProduct product = new MatrixProduct(team, MAX_TOKENS);
      MatrixInput input = new MatrixInput(MAX_TOKENS, MAX_COLUMNS);
      for (TensorType type : TensorType.values()) {
        int columns = 1280;
        byte[] bytes = finiteBlocks(random, type, 19 * columns);
        StoredMatrix w = new StoredMatrix(type, MemorySegment.ofArray(bytes), 19, columns);
        check(product, input, team, w, gaussian(random, 3 * columns), 3);
        check(product, input, team, w, gaussian(random, 64 * columns), 64);
      }
    }
  }

  @Test
  void aSliceHasTheRowsOfTheWhole() {
    StoredMatrix whole = f32(new Random(SEED), 12, 20);
    float[] expected = new float[20];
    float[] actual = new float[20];
    whole.decode(7, 0, 20, expected, 0);
    whole.rows(4, 5).decode(3, 0, 20, actual, 0);
    assertThat(actual).isEqualTo(expected);
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    try (WorkerTeam team = new WorkerTeam("test", 1)) {
      MatrixProduct product = new MatrixProduct(team, 4);
      MatrixInput input = new MatrixInput(4, 8);
      input.pack(new float[16], 2, 8, team);
      StoredMatrix w = f32(new Random(SEED), 3, 8);
      assertThatThrownBy(() -> product.multiply(w, input, new float[5]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("(3, 8) @ (2, 8) into 5 values");
      assertThatThrownBy(() -> input.pack(new float[40], 5, 8, team))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(
            () -> new StoredMatrix(TensorType.F16, MemorySegment.ofArray(new byte[11]), 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("12 B");
  }

  private static void check(
      MatrixProduct product,
      MatrixInput input,
      WorkerTeam team,
      StoredMatrix w,
      float[] x,
      int tokens) {
    int columns = w.columns();
    float[] out = new float[tokens * w.rows()];
    input.pack(x, tokens, columns, team);
    product.multiply(w, input, out);
    float[] weights = new float[columns];
    for (int row = 0; row < w.rows(); row++) {
      w.decode(row, 0, columns, weights, 0);
      for (int t = 0; t < tokens; t++) {
        double sum = 0;
        double magnitude = 0;
        for (int j = 0; j < columns; j++) {
          double term = (double) weights[j] * x[t * columns + j];
          sum += term;
          magnitude += Math.abs(term);
        }
        assertThat(Math.abs(out[t * w.rows() + row] - sum))
            .as("%s (%d, %d) @ %d tokens", w.type(), w.rows(), columns, tokens)
            .isLessThanOrEqualTo(magnitude * 2e-6);
      }
    }
  }

  private static StoredMatrix f32(Random random, int rows, int columns) {
    MemorySegment data = MemorySegment.ofArray(gaussian(random, rows * columns));
    return new StoredMatrix(TensorType.F32, data, rows, columns);
  }

  private static float[] gaussian(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** Random blocks of which every value is a number. */
  private static byte[] finiteBlocks(Random random, TensorType type, int values) {
    byte[] bytes = new byte[(int) type.bytesFor(values)];
    float[] decoded = new float[type.blockElements()];
    byte[] block = new byte[type.blockBytes()];
    for (int offset = 0; offset < bytes.length; offset += block.length) {
      do {
        random.nextBytes(block);
        BlockDecoder.decode(type, block, 0, decoded, 0, decoded.length);
      } while (!allFinite(decoded));
      System.arraycopy(block, 0, bytes, offset, block.length);
    }
    return bytes;
  }

  private static boolean allFinite(float[] values) {
    for (float value : values) {
      if (!(Math.abs(value) < 1e6f)) {
        return false;
      }
    }
    return true;
  }
}
