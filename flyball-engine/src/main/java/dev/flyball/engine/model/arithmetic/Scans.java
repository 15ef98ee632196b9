package dev.flyball.engine.model.arithmetic;

import dev.flyball.kernels.ChannelConvolution;
import dev.flyball.kernels.ScanTokens;

/** What layers with a state compute: it goes through the tokens of a sequence in their order. */
public interface Scans {
  /** A rule that brings the state of a recurrent head forward; called by workers of the team. */
  interface HeadScan {
    /**
     * Takes tokens into a state.
     *
     * @param state in which the head's part begins at {@code offset}
     * @param x in which the tokens' vectors are
     * @param out where their results go
     */
    void advance(float[] state, int offset, float[] x, ScanTokens tokens, float[] out, int worker);
  }

  /** A convolution of some channels; called by workers of the team. */
  interface Convolution {
    /** As {@link ChannelConvolution#apply}. */
    void apply(
        float[] window, float[] out, int[] places, int tokens, int from, int count, int worker);
  }

  /**
   * Prepares a convolution, at load.
   *
   * @param length tokens that a result depends on
   * @param weightAndBias (length + 1, channels): of each token, the oldest first, and the bias
   */
  Convolution convolution(
      int length, int channels, float[] weightAndBias, ChannelConvolution.Finish finish);

  /**
   * Prepares the gated delta rule, at load.
   *
   * @param epsilon added to the square of a key's or query's length
   */
  HeadScan deltaRule(int keyLength, int valueLength, float epsilon);

  /** Prepares the rule of Mamba-2, at load. */
  HeadScan stateSpace(int stateLength, int headLength);
}
