package dev.flyball.engine.model;

import dev.flyball.kernels.HalfRotation;
import dev.flyball.kernels.PairRotation;

/** Rotary position embedding of a step's queries and keys: angles once, rotations in each layer. */
final class RotaryEmbedding {
  private final RopePairs pairing;
  private final RopeFrequencies frequencies;
  private final float[] cosines;
  private final float[] sines;

  RotaryEmbedding(RopeSpec spec, int maxTokens) {
    pairing = spec.pairs();
    frequencies = spec.frequencies();
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
    int angles = token * pairs;
    for (int head = 0; head < heads; head++) {
      int at = offset + head * headLength;
      switch (pairing) {
        case ADJACENT -> PairRotation.apply(x, at, cosines, sines, angles, pairs);
        case HALVES -> HalfRotation.apply(x, at, cosines, sines, angles, pairs);
      }
    }
  }
}
