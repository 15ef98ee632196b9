package dev.flyball.engine.model.experts;

import dev.flyball.engine.model.experts.ExpertRouting.Weighing;
import dev.flyball.kernels.Softmax;
import java.util.Arrays;

/** Chooses experts as an {@link ExpertRouting} says. Has scratch; not thread-safe. */
final class ExpertRouter {
  /** Of an expert that is chosen already, or of a group that is out. */
  private static final float NEVER = Float.NEGATIVE_INFINITY;

  /** Weights are divided by no smaller sum: the smallest normal half, as in llama.cpp. */
  private static final float LEAST_SUM = 0x1p-14f;

  private final ExpertRouting routing;

  /** What experts are compared by. */
  private final float[] merits;

  private final int[] chosen;
  private final float[] weights;

  ExpertRouter(ExpertRouting routing) {
    this.routing = routing;
    merits = new float[routing.experts()];
    chosen = new int[routing.used()];
    weights = new float[routing.used()];
  }

  /** Turns the scores of one token, from {@code offset}, into weights: 0 where not chosen. */
  void route(float[] scores, int offset) {
    weigh(scores, offset);
    System.arraycopy(scores, offset, merits, 0, merits.length);
    if (routing.choiceBias().isPresent()) {
      float[] bias = routing.choiceBias().get();
      for (int i = 0; i < merits.length; i++) {
        merits[i] += bias[i];
      }
    }
    if (routing.groupsUsed() < routing.groups()) {
      leaveOutGroups();
    }
    for (int rank = 0; rank < chosen.length; rank++) {
      chosen[rank] = best(merits);
      merits[chosen[rank]] = NEVER;
      weights[rank] = scores[offset + chosen[rank]];
    }
    settleWeights();
    Arrays.fill(scores, offset, offset + merits.length, 0f);
    for (int rank = 0; rank < chosen.length; rank++) {
      scores[offset + chosen[rank]] = weights[rank];
    }
  }

  private void weigh(float[] scores, int offset) {
    switch (routing.weighing()) {
      case SOFTMAX -> Softmax.apply(scores, offset, merits.length);
      case SIGMOID -> {
        for (int i = offset; i < offset + merits.length; i++) {
          scores[i] = (float) (1 / (1 + Math.exp(-scores[i])));
        }
      }
      case SOFTMAX_OF_CHOSEN -> {
        // the scores themselves are compared
      }
    }
  }

  /** Rules out all groups of experts but those whose two best are best. */
  private void leaveOutGroups() {
    int size = merits.length / routing.groups();
    float[] ofGroup = new float[routing.groups()];
    for (int group = 0; group < ofGroup.length; group++) {
      ofGroup[group] = sumOfTwoBest(group * size, size);
    }
    boolean[] in = new boolean[ofGroup.length];
    for (int i = 0; i < routing.groupsUsed(); i++) {
      int group = best(ofGroup);
      in[group] = true;
      ofGroup[group] = NEVER;
    }
    for (int expert = 0; expert < merits.length; expert++) {
      merits[expert] = in[expert / size] ? merits[expert] : NEVER;
    }
  }

  private float sumOfTwoBest(int first, int count) {
    float best = NEVER;
    float second = NEVER;
    for (int i = first; i < first + count; i++) {
      second = Math.max(second, Math.min(best, merits[i]));
      best = Math.max(best, merits[i]);
    }
    return count == 1 ? best : best + second;
  }

  private static int best(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }

  private void settleWeights() {
    if (routing.weighing() == Weighing.SOFTMAX_OF_CHOSEN) {
      Softmax.apply(weights, 0, weights.length);
    }
    float factor = routing.scale();
    if (routing.normalised()) {
      float sum = 0;
      for (float weight : weights) {
        sum += weight;
      }
      factor /= Math.max(sum, LEAST_SUM);
    }
    for (int rank = 0; rank < weights.length; rank++) {
      weights[rank] *= factor;
    }
  }
}
