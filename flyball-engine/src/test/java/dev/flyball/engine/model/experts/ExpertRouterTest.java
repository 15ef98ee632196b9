package dev.flyball.engine.model.experts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.engine.model.experts.ExpertRouting.Weighing;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExpertRouterTest {
  private static final float[] SCORES = {1, 3, 2, -1, 0, 2.5f};

  private static ExpertRouting routing(int used, Weighing weighing, boolean normalised) {
    return new ExpertRouting(SCORES.length, used, weighing, normalised, 1, Optional.empty(), 1, 1);
  }

  /** Routes a second token behind another one, which is to stay what it is. */
  private static float[] route(ExpertRouting routing) {
    float[] scores = new float[2 * SCORES.length];
    System.arraycopy(SCORES, 0, scores, SCORES.length, SCORES.length);
    scores[0] = 99;
    new ExpertRouter(routing).route(scores, SCORES.length);
    assertThat(scores[0]).isEqualTo(99);
    float[] weights = new float[SCORES.length];
    System.arraycopy(scores, SCORES.length, weights, 0, weights.length);
    return weights;
  }

  private static double exp(int expert) {
    return Math.exp(SCORES[expert]);
  }

  private static double sigmoid(int expert) {
    return 1 / (1 + Math.exp(-SCORES[expert]));
  }

  private static void assertWeights(float[] actual, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).as("expert %d", i).isCloseTo(expected[i], within(1e-6));
    }
  }

  @Test
  void softmaxOverAllMayBeNormalisedOverTheChosen() {
    double all = 0;
    for (int i = 0; i < SCORES.length; i++) {
      all += exp(i);
    }
    assertWeights(
        route(routing(2, Weighing.SOFTMAX, false)), 0, exp(1) / all, 0, 0, 0, exp(5) / all);
    double chosen = exp(1) + exp(5);
    assertWeights(
        route(routing(2, Weighing.SOFTMAX, true)), 0, exp(1) / chosen, 0, 0, 0, exp(5) / chosen);
  }

  @Test
  void softmaxOfTheChosenIsTakenAfterTheChoice() {
    double chosen = exp(1) + exp(5) + exp(2);
    assertWeights(
        route(routing(3, Weighing.SOFTMAX_OF_CHOSEN, false)),
        0,
        exp(1) / chosen,
        exp(2) / chosen,
        0,
        0,
        exp(5) / chosen);
  }

  @Test
  void aBiasChangesTheChoiceButNotTheWeights() {
    float[] bias = {0, 0, 0, 2, 0, 0};
    ExpertRouting routing =
        routing(2, Weighing.SIGMOID, false).weighing(Weighing.SIGMOID, false, 2.5).choiceBias(bias);
    assertWeights(route(routing), 0, 2.5 * sigmoid(1), 0, 2.5 * sigmoid(3), 0, 0);
  }

  /** Groups of two: best sums are those of (1, 3), then (0, 2.5), then (2, -1). */
  @Test
  void expertsOfGroupsThatAreLeftOutAreNotChosen() {
    ExpertRouting routing =
        new ExpertRouting(6, 3, Weighing.SIGMOID, true, 1, Optional.empty(), 3, 2);
    double sum = sigmoid(0) + sigmoid(1) + sigmoid(5);
    assertWeights(route(routing), sigmoid(0) / sum, sigmoid(1) / sum, 0, 0, 0, sigmoid(5) / sum);
  }
}
