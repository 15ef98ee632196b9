package dev.flyball.engine.model;

import dev.flyball.engine.model.arithmetic.Elementwise;
import java.util.Optional;

/** Norms and rotates the heads of queries or keys, token by token. */
final class HeadRows {
  private final int length;
  private final Optional<Elementwise.Norm> norm;
  private final Optional<RotaryEmbedding> rotary;
  private final boolean rotatedFirst;

  /**
   * @param length values of a head
   * @param norm of each head, or, where it is as long, of all heads of a token as one row
   * @param rotatedFirst whether rows are rotated before they are normed, not behind
   */
  HeadRows(
      int length,
      Optional<Elementwise.Norm> norm,
      Optional<RotaryEmbedding> rotary,
      boolean rotatedFirst) {
    this.rotatedFirst = rotatedFirst;
    this.length = length;
    this.norm = norm;
    this.rotary = rotary;
  }

  /** Whether rows stay as they are. */
  boolean isIdentity() {
    return norm.isEmpty() && rotary.isEmpty();
  }

  /** Norms and rotates a token of {@code x} (tokens, heads, length). */
  void apply(float[] x, int token, int heads, int worker) {
    if (rotatedFirst) {
      rotate(x, token, heads, worker);
    }
    if (norm.isPresent()) {
      int rows = heads * length / norm.get().length();
      for (int row = token * rows; row < (token + 1) * rows; row++) {
        norm.get().apply(x, row, x, worker);
      }
    }
    if (!rotatedFirst) {
      rotate(x, token, heads, worker);
    }
  }

  private void rotate(float[] x, int token, int heads, int worker) {
    if (rotary.isPresent()) {
      rotary.get().rotate(x, token * heads * length, heads, length, token, worker);
    }
  }

  /** Cuts {@code count} values to a magnitude; an infinite one leaves them as they are. */
  static void clamp(float[] x, int count, float magnitude) {
    if (magnitude < Float.POSITIVE_INFINITY) {
      for (int i = 0; i < count; i++) {
        x[i] = Math.clamp(x[i], -magnitude, magnitude);
      }
    }
  }
}
