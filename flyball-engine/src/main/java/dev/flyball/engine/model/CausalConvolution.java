package dev.flyball.engine.model;

import dev.flyball.engine.cache.PagedKvCache;
import dev.flyball.engine.cache.PagedKvSequence;
import dev.flyball.kernels.WorkerTeam;
import java.util.Arrays;
import java.util.Optional;

/**
 * {@code out[t][c] = sum of weight[i][c] * x[t - length + 1 + i][c], and bias[c]}, channel by
 * channel, with what came before a step in the state.
 */
final class CausalConvolution {
  /** Channels of a piece. */
  private static final int SLICE = 512;

  private final ConvolutionSpec spec;
  private final Optional<Activation> activation;
  private final Step step;
  private final int slices;

  /** Of each worker: (SLICE), the sums of a token. */
  private final float[][] sums;

  private final float[] ones = new float[SLICE];
  private final WorkerTeam.Piece convolve = this::convolve;

  /** (tokens, channels). */
  private float[] x = new float[0];

  /**
   * @param activation what becomes of the results
   */
  CausalConvolution(ConvolutionSpec spec, Optional<Activation> activation, Assembly assembly) {
    this.spec = spec;
    this.activation = activation;
    step = assembly.step();
    slices = Math.ceilDiv(spec.channels(), SLICE);
    sums = new float[step.team().size()][SLICE];
    Arrays.fill(ones, 1);
  }

  /** Replaces {@code x} (tokens, channels) and brings the state forward. */
  void apply(float[] values) {
    x = values;
    step.team().run(step.runs().count() * slices, convolve);
  }

  private void convolve(int piece, int worker) {
    SequenceRuns runs = step.runs();
    int run = piece / slices;
    int from = piece % slices * SLICE;
    int count = Math.min(SLICE, spec.channels() - from);
    PagedKvSequence sequence = runs.sequence(run);
    for (int t = runs.first(run); t >= 0; t = runs.next(t)) {
      convolve(sequence.state(), t * spec.channels(), from, count, worker);
      int seen = step.position(t) + 1;
      if (seen % PagedKvCache.BLOCK_TOKENS == 0) {
        for (int row = 0; row < spec.length() - 1; row++) {
          sequence.keepState(seen, stateRow(row) + from, count);
        }
      }
    }
  }

  private int stateRow(int row) {
    return spec.stateOffset() + row * spec.channels();
  }

  /** Some channels of the token whose values begin at {@code token}. */
  private void convolve(float[] state, int token, int from, int count, int worker) {
    int before = spec.length() - 1;
    float[] sum = sums[worker];
    Arrays.fill(sum, 0, count, 0f);
    if (spec.bias().isPresent()) {
      System.arraycopy(spec.bias().get(), from, sum, 0, count);
    }
    for (int row = 0; row < before; row++) {
      addProducts(
          spec.weight(), row * spec.channels() + from, state, stateRow(row) + from, sum, count);
    }
    addProducts(spec.weight(), before * spec.channels() + from, x, token + from, sum, count);
    for (int row = 0; row < before - 1; row++) {
      System.arraycopy(state, stateRow(row + 1) + from, state, stateRow(row) + from, count);
    }
    if (before > 0) {
      System.arraycopy(x, token + from, state, stateRow(before - 1) + from, count);
    }
    if (activation.isPresent()) {
      step.arithmetic().gate(activation.get(), sum, ones, 0, count, worker);
    }
    System.arraycopy(sum, 0, x, token + from, count);
  }

  private static void addProducts(
      float[] a, int aOffset, float[] b, int bOffset, float[] sum, int count) {
    for (int i = 0; i < count; i++) {
      sum[i] += a[aOffset + i] * b[bOffset + i];
    }
  }
}
