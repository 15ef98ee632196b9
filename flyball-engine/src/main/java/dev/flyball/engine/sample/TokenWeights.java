package dev.flyball.engine.sample;

import dev.flyball.kernels.BlockMaxima;
import dev.flyball.kernels.ExponentialWeights;
import dev.flyball.kernels.elementwise.ExponentialWeightsKernel;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The share of each token before all are divided by their sum, {@code exp((logit - max) /
 * temperature)}: one pass over the row by generated code, where there is any. In single precision:
 * a weight {@code w} is within {@code 2e-7 (1 - ln w)} of its value. Not thread-safe.
 */
final class TokenWeights {
  /** Beyond it, all tokens weigh nothing but those that are as good as the best one. */
  private static final double LARGEST_SCALE = 1e30;

  private static final float SMALLEST_EXPONENT = -87.3f;

  private final float[] weights;
  private final float[] sums;
  private final MemorySegment parameters =
      Arena.ofAuto().allocate(ExponentialWeightsKernel.PARAMETER_BYTES, 8);

  TokenWeights(int length) {
    weights = new float[length];
    sums = new float[BlockMaxima.blocks(length)];
  }

  /** One for all samplers, kept as long as the process. */
  private static final class Generated {
    static final Optional<ExponentialWeightsKernel> KERNEL =
        InstructionSet.ofThisProcess().map(ExponentialWeightsKernel::new);

    private Generated() {}
  }

  /**
   * Weighs all tokens.
   *
   * @param logits finite or negative infinity, {@code max} the largest of them
   * @return the sum of the weights
   */
  double weigh(float[] logits, float max, double temperature) {
    float scale = (float) Math.min(1 / temperature, LARGEST_SCALE);
    int length = weights.length;
    if (Generated.KERNEL.isPresent()) {
      Generated.KERNEL.get().compute(logits, length, max, scale, weights, sums, parameters);
    } else {
      ExponentialWeights.compute(logits, 0, length, max, scale, weights, sums);
    }
    double sum = 0;
    for (float part : sums) {
      sum += part;
    }
    return sum;
  }

  /** Weighs one token only. */
  void weigh(int id, float logit, float max, double temperature) {
    double exponent = (logit - (double) max) / temperature;
    weights[id] = (float) Math.exp(Math.max(exponent, SMALLEST_EXPONENT));
  }

  /** As it was weighed last. */
  float of(int id) {
    return weights[id];
  }
}
