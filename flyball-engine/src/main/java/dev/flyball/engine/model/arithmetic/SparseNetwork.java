package dev.flyball.engine.model.arithmetic;

import dev.flyball.kernels.matmul.InputFinish;

/** A gated network, ready to be computed for one token without the neurons that are shut. */
public interface SparseNetwork {
  /**
   * Computes the network.
   *
   * @param x the token's input
   * @param gate what the gate's matrix made of it
   * @param activate activates gates in place
   * @param out the result, without the down projection's bias
   * @return neurons whose weights were not read
   */
  long apply(float[] x, float[] gate, InputFinish activate, float threshold, float[] out);
}
