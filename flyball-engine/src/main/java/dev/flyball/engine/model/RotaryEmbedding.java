package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.Elementwise;
import dev.flyball.engine.model.arithmetic.RopePairs;

/** Rotary position embedding of a step's queries and keys: angles once, rotations in each layer. */
final class RotaryEmbedding {
  private final RopePairs pairing;
  private final RopeFrequencies frequencies;
  private final Elementwise.Rotation rotation;

  // As the rotation wants them, token after token.
  private final float[] cosines;
  private final float[] sines;

  /** Entries of a token. */
  private final int entries;

  RotaryEmbedding(RopeSpec spec, int maxTokens, Elementwise elementwise) {
    pairing = spec.pairs();
    frequencies = spec.frequencies();
    int pairs = frequencies.pairs();
    rotation = elementwise.rotation(pairing, pairs);
    entries = pairing == RopePairs.ADJACENT ? 2 * pairs : pairs;
    cosines = new float[maxTokens * entries];
    sines = new float[maxTokens * entries];
  }

  /** Computes the angles of the step's positions. */
  void prepare(Step step) {
    for (int t = 0; t < step.tokens(); t++) {
      int at = t * entries;
      frequencies.at(step.position(t), cosines, sines, at);
      if (pairing == RopePairs.ADJACENT) {
        spread(at);
      }
    }
  }

  /** From one entry for each pair to one for each of its values, from the last one on. */
  private void spread(int first) {
    for (int pair = entries / 2 - 1; pair >= 0; pair--) {
      int at = first + 2 * pair;
      float cosine = cosines[first + pair];
      float sine = sines[first + pair];
      cosines[at] = cosine;
      cosines[at + 1] = cosine;
      sines[at] = -sine;
      sines[at + 1] = sine;
    }
  }

  /** Rotates {@code heads} heads of one token, which begin at {@code offset}. */
  void rotate(float[] x, int offset, int heads, int headLength, int token, int worker) {
    rotation.apply(x, offset, heads, headLength, cosines, sines, token * entries, worker);
  }
}
