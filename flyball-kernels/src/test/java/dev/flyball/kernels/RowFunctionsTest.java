package dev.flyball.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The functions of one row, against values worked out by hand. */
class RowFunctionsTest {
  @Test
  void rmsNormScalesARowToUnitMeanSquareTimesTheWeight() {
    float[] x = {9, 3, -4, 5, 9};
    float[] out = new float[5];
    RmsNorm.apply(x, 1, new float[] {1, 2, 10}, 0.5, out, 2);
    float rms = (float) Math.sqrt((9 + 16 + 25) / 3.0 + 0.5);
    assertThat(out).containsExactly(new float[] {0, 0, 3 / rms, -8 / rms, 50 / rms}, within(1e-6f));
  }

  @Test
  void softmaxSumsToOneAndKeepsLargeScoresFinite() {
    float[] x = {7, 1000, 1001, 1001, 7};
    Softmax.apply(x, 1, 3);
    double e = Math.E;
    float[] expected = {
      7, (float) (1 / (1 + 2 * e)), (float) (e / (1 + 2 * e)), (float) (e / (1 + 2 * e)), 7
    };
    assertThat(x).containsExactly(expected, within(1e-6f));
  }

  @Test
  void gatingMultipliesUpBySiluOfTheGate() {
    float[] gate = {5, 0, 2, -3, -1000, 5};
    float[] up = {1, 7, 10, 2, 3, 1};
    ActivationCurve.SILU.gate(gate, up, 1, 5);
    float[] expected = {
      5, 0, (float) (20 / (1 + Math.exp(-2))), (float) (-6 / (1 + Math.exp(3))), 0, 5
    };
    assertThat(gate).containsExactly(expected, within(1e-5f));
  }

  /** Values of erf(1 / sqrt(2)) and erfc(5 / sqrt(2)) from tables of the normal distribution. */
  @Test
  void geluIsTheValueTimesItsNormalProbability() {
    assertThat(ActivationCurve.GELU_ERF.of(1)).isCloseTo(0.8413447460685429, within(1e-15));
    assertThat(ActivationCurve.GELU_ERF.of(-1)).isCloseTo(-0.15865525393145707, within(1e-15));
    assertThat(ActivationCurve.GELU_ERF.of(-5)).isCloseTo(-5 * 2.866515718791939e-7, within(1e-20));
    assertThat(ActivationCurve.GELU_ERF.of(9)).isEqualTo(9);
    assertThat(ActivationCurve.GELU_TANH.of(1)).isCloseTo(0.8411919906082768, within(1e-15));
  }

  @Test
  void rotationTurnsAdjacentPairsAndLeavesTheRest() {
    float[] head = {9, 1, 2, 3, 4, 5, 6};
    float[] cosines = {7, 0.6f, 0.6f, 0, 0};
    float[] sines = {7, -0.8f, 0.8f, -1, 1};
    PairRotation.apply(head, 1, cosines, sines, 1, 2);
    assertThat(head).containsExactly(new float[] {9, -1, 2, -4, 3, 5, 6}, within(1e-6f));
  }
}
