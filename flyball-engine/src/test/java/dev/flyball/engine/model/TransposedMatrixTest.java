package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.BlockDecoder;
import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.quantize.BlockEncoder;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransposedMatrixTest {
  private static final int ROWS = 48;
  private static final int COLUMNS = 512;
  private static final long SEED = 20_261_121;

  /** Of a normal half. */
  private static final float ROUNDING = 0x1p-11f;

  private static StoredMatrix random(TensorType type, double deviation) {
    Random random = new Random(SEED);
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    byte[] blocks = new byte[(int) type.bytesFor(values.length)];
    BlockEncoder.encode(type, values, 0, blocks, 0, values.length);
    return new StoredMatrix(type, MemorySegment.ofArray(blocks), ROWS, COLUMNS);
  }

  private static float[] decode(StoredMatrix matrix) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    BlockDecoder.decode(matrix.type(), matrix.data(), 0, values, 0, values.length);
    return values;
  }

  /** The rows of a matrix as columns. */
  private static float[] turned(float[] values) {
    float[] turned = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      turned[i % COLUMNS * ROWS + i / COLUMNS] = values[i];
    }
    return turned;
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void everyTypeIsTurnedOverWithoutLossWhereFloatsAreAskedFor(TensorType type) {
    StoredMatrix matrix = random(type, 0.02);

    StoredMatrix transposed = TransposedMatrix.of(matrix, TensorType.F32);

    assertThat(transposed.rows()).isEqualTo(COLUMNS);
    assertThat(transposed.columns()).isEqualTo(ROWS);
    assertThat(decode(transposed)).isEqualTo(turned(decode(matrix)));
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void valuesOfBlocksAreRoundedToHalves(TensorType type) {
    StoredMatrix matrix = random(type, 0.02);
    boolean isFloat = type.blockElements() == 1;

    StoredMatrix transposed = TransposedMatrix.of(matrix, TensorType.F16);

    assertThat(transposed.type()).isEqualTo(isFloat ? type : TensorType.F16);
    float[] wanted = turned(decode(matrix));
    float[] actual = decode(transposed);
    for (int i = 0; i < wanted.length; i++) {
      float allowed = isFloat ? 0 : Math.max(Math.abs(wanted[i]) * ROUNDING, 0x1p-25f);
      assertThat(Math.abs(actual[i] - wanted[i])).isLessThanOrEqualTo(allowed);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = TensorType.class,
      names = {"Q8_0", "Q6_K"})
  void whatNoHalfCanBeStaysAFloat(TensorType type) {
    StoredMatrix matrix = random(type, 100_000);
    assertThat(Arrays.stream(doubles(decode(matrix))).anyMatch(v -> Math.abs(v) > 65504)).isTrue();

    StoredMatrix transposed = TransposedMatrix.of(matrix, TensorType.F16);

    assertThat(transposed.type()).isEqualTo(TensorType.F32);
    assertThat(decode(transposed)).isEqualTo(turned(decode(matrix)));
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }
}
