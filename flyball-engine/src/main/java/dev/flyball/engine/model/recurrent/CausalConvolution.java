package dev.flyball.engine.model.recurrent;

import dev.flyball.engine.cache.PagedKvCache;
import dev.flyball.engine.cache.PagedKvSequence;
import dev.flyball.engine.model.Assembly;
import dev.flyball.engine.model.SequenceRuns;
import dev.flyball.engine.model.Step;
import dev.flyball.engine.model.arithmetic.Scans;
import dev.flyball.kernels.ChannelConvolution;
import dev.flyball.kernels.WorkerTeam;

/**
 * {@code out[t][c] = sum of weight[i][c] * x[t - length + 1 + i][c], and bias[c]}, channel by
 * channel, with what came before a step in the state. A worker takes a slice of the channels of one
 * sequence, block by block.
 */
final class CausalConvolution {
  private final ConvolutionSpec spec;
  private final Step step;
  private final Scans.Convolution convolution;
  private final int slices;
  private final Scratch[] scratch;
  private final WorkerTeam.Piece convolve = this::convolve;

  /** (tokens, channels). */
  private float[] x = new float[0];

  /** What a worker computes with. */
  private static final class Scratch {
    /** The slice of some tokens and of those before them. */
    private final float[] window;

    private final int[] places = new int[ChannelConvolution.MOST_TOKENS];

    Scratch(int before) {
      window = new float[(before + ChannelConvolution.MOST_TOKENS) * ChannelConvolution.SLICE];
    }
  }

  /**
   * @param finish what becomes of the results
   */
  CausalConvolution(ConvolutionSpec spec, ChannelConvolution.Finish finish, Assembly assembly) {
    this.spec = spec;
    step = assembly.step();
    convolution =
        assembly
            .arithmetic()
            .scans()
            .convolution(spec.length(), spec.channels(), spec.weightAndBias(), finish);
    slices = Math.ceilDiv(spec.channels(), ChannelConvolution.SLICE);
    scratch = new Scratch[step.team().size()];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new Scratch(before());
    }
  }

  /** Tokens of the state. */
  private int before() {
    return spec.length() - 1;
  }

  /** Replaces {@code x} (tokens, channels) and brings the state forward. */
  void apply(float[] values) {
    x = values;
    step.team().run(step.runs().count() * slices, convolve);
  }

  private void convolve(int piece, int worker) {
    SequenceRuns runs = step.runs();
    int run = piece / slices;
    int from = piece % slices * ChannelConvolution.SLICE;
    int count = Math.min(ChannelConvolution.SLICE, spec.channels() - from);
    PagedKvSequence sequence = runs.sequence(run);
    Scratch block = scratch[worker];
    int tokens = 0;
    for (int t = runs.first(run); t >= 0; t = runs.next(t)) {
      block.places[tokens++] = t * spec.channels() + from;
      int seen = step.position(t) + 1;
      boolean blockEnds = seen % PagedKvCache.BLOCK_TOKENS == 0;
      if (blockEnds || tokens == block.places.length || runs.next(t) < 0) {
        convolve(sequence.state(), block, tokens, from, count, worker);
        tokens = 0;
      }
      if (blockEnds) {
        for (int row = 0; row < before(); row++) {
          sequence.keepState(seen, stateRow(row) + from, count);
        }
      }
    }
  }

  private int stateRow(int row) {
    return spec.stateOffset() + row * spec.channels();
  }

  private void convolve(float[] state, Scratch block, int tokens, int from, int count, int worker) {
    float[] window = block.window;
    for (int row = 0; row < before(); row++) {
      System.arraycopy(state, stateRow(row) + from, window, windowRow(row), count);
    }
    for (int t = 0; t < tokens; t++) {
      System.arraycopy(x, block.places[t], window, windowRow(before() + t), count);
    }
    convolution.apply(window, x, block.places, tokens, from, count, worker);
    for (int row = 0; row < before(); row++) {
      System.arraycopy(window, windowRow(tokens + row), state, stateRow(row) + from, count);
    }
  }

  private static int windowRow(int row) {
    return row * ChannelConvolution.SLICE;
  }
}
