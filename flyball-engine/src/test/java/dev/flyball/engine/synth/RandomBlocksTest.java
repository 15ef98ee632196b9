package dev.flyball.engine.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.kernels.BlockDecoder;
import dev.flyball.kernels.TensorType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomBlocksTest {
  private static final int VALUES = 1 << 18;
  private static final long SEED = 42;

  private static float[] values(TensorType type, double deviation) {
    byte[] blocks = new byte[(int) type.bytesFor(VALUES)];
    new RandomBlocks(type, deviation, SEED).fill(blocks);
    float[] values = new float[VALUES];
    BlockDecoder.decode(type, blocks, 0, values, 0, VALUES);
    return values;
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void weightsHaveMeanZeroAndTheWantedDeviation(TensorType type) {
    for (double wanted : new double[] {1, 0.02, 0.001}) {
      double sum = 0;
      double squares = 0;
      for (float value : values(type, wanted)) {
        sum += value;
        squares += (double) value * value;
      }
      double deviation = Math.sqrt(squares / VALUES);
      double tolerance = type == TensorType.MXFP4 ? 0.42 : 0.1;

      assertThat(sum / VALUES).isCloseTo(0, within(0.06 * wanted));
      assertThat(deviation).isCloseTo(wanted, within(tolerance * wanted));
    }
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void theSameSeedGivesTheSameWeights(TensorType type) {
    assertThat(values(type, 0.02)).isEqualTo(values(type, 0.02));
  }
}
