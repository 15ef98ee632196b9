package dev.flyball.engine.model;

import dev.flyball.kernels.PairRotation;

/** Rotary position embedding of a step's queries and keys: angles once, rotations in each layer. */
final class RotaryEmbedding {
  private final RopeFrequencies frequencies;
  private final float[] cosines;
  private final float[] sines;

  RotaryEmbedding(RopeFrequencies frequencies, int maxTokens) {
    this.frequencies = frequencies;
    cosines = new float[maxTokens * frequencies.pairs()];
    sines = new float[maxTokens * frequencies.pairs()];
  }

  /** Computes the angles of the step's positions. */
  void prepare(Step step) {
    for (int t = 0; t < step.tokens(); t++) {
      frequencies.at(step.position(t), cosines, sines, t * frequencies.pairs());
    }
  }

  /** Rotates {@code heads} heads of one token, which begin at {@code offset}. */
  void rotate(float[] x, int offset, int heads, int headLength, int token) {
    int pairs = frequencies.pairs();
    for (int head = 0; head < heads; head++) {
      PairRotation.apply(x, offset + head * headLength, cosines, sines, token * pairs, pairs);
    }
  }
}
