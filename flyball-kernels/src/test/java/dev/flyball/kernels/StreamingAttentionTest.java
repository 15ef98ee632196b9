package dev.flyball.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Against softmax over the whole row of scores, in double. */
class StreamingAttentionTest {
  private static final long SEED = 20_261_122;

  @Test
  void blocksOfAnyLengthGiveTheSoftmaxOfTheWholeRow() {
    Random random = new Random(SEED);
    for (int tokens : new int[] {1, 2, 3, 4, 5, 13, 32, 33, 207}) {
      for (int keyLength : new int[] {1, 7, 64}) {
        for (int valueLength : new int[] {1, 9, 32}) {
          check(random, tokens, keyLength, valueLength, 1);
        }
      }
    }
  }

  @Test
  void scoresFarApartNeitherOverflowNorVanish() {
    check(new Random(SEED), 100, 16, 8, 300);
  }

  @Test
  void scoresAreCapped() {
    StreamingAttention attention = new StreamingAttention(32, 1, 2);
    attention.start(new float[] {1}, 0, 1, 1, 3);
    attention.add(new float[] {1, -4}, 0, new float[] {10, 20}, 0, 2);
    float[] actual = new float[1];
    attention.finish(actual, 0);
    double first = Math.exp(2 * Math.tanh(1.5));
    double second = Math.exp(2 * Math.tanh(-6));
    assertThat((double) actual[0])
        .isCloseTo((10 * first + 20 * second) / (first + second), offset(1e-5));
  }

  @Test
  void sinkTakesItsShareAndAddsNothing() {
    for (float sink : new float[] {-30, 0, 5, 90}) {
      StreamingAttention attention = new StreamingAttention(32, 1, Float.POSITIVE_INFINITY);
      attention.start(new float[] {1}, 0, 1, 1, 1);
      attention.add(new float[] {1, 2}, 0, new float[] {10, 20}, 0, 2);
      attention.addSink(sink);
      float[] actual = new float[1];
      attention.finish(actual, 0);
      double all = Math.exp(1) + Math.exp(2) + Math.exp(sink);
      assertThat((double) actual[0])
          .isCloseTo((10 * Math.exp(1) + 20 * Math.exp(2)) / all, offset(1e-5));
    }
  }

  private static void check(
      Random random, int tokens, int keyLength, int valueLength, double spread) {
    float[] query = gaussian(random, keyLength, spread);
    float[] keys = gaussian(random, tokens * keyLength, 1);
    float[] values = gaussian(random, tokens * valueLength, 1);
    float scale = (float) (1 / Math.sqrt(keyLength));
    StreamingAttention attention = new StreamingAttention(32, valueLength, Float.POSITIVE_INFINITY);
    attention.start(query, 0, keyLength, valueLength, scale);
    for (int from = 0; from < tokens; ) {
      int count = Math.min(tokens - from, 1 + random.nextInt(32));
      attention.add(keys, from * keyLength, values, from * valueLength, count);
      from += count;
    }
    float[] actual = new float[valueLength];
    attention.finish(actual, 0);
    double[] expected = softmaxThenSum(query, keys, values, tokens, scale);
    for (int i = 0; i < valueLength; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i], offset(2e-5 * spread));
    }
  }

  private static double[] softmaxThenSum(
      float[] query, float[] keys, float[] values, int tokens, double scale) {
    double[] weights = new double[tokens];
    double max = Double.NEGATIVE_INFINITY;
    for (int t = 0; t < tokens; t++) {
      for (int d = 0; d < query.length; d++) {
        weights[t] += scale * query[d] * keys[t * query.length + d];
      }
      max = Math.max(max, weights[t]);
    }
    double sum = 0;
    for (int t = 0; t < tokens; t++) {
      weights[t] = Math.exp(weights[t] - max);
      sum += weights[t];
    }
    double[] out = new double[values.length / tokens];
    for (int t = 0; t < tokens; t++) {
      for (int d = 0; d < out.length; d++) {
        out[d] += weights[t] / sum * values[t * out.length + d];
      }
    }
    return out;
  }

  private static float[] gaussian(Random random, int length, double spread) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (spread * random.nextGaussian());
    }
    return values;
  }
}
