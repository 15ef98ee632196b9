package dev.flyball.kernels.matmul;

import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Generates the product of consecutive panels of floats with one tile of tokens. A column of a
 * panel is one vector, into whose products every token's activation of that column is broadcast.
 * Tiles of few tokens keep several sums for each of them, so that additions do not wait for one
 * another. The sizes that a batch of {@link #STEADY_TOKENS} or more is dealt to have one sum: what
 * such a batch gives a token is the same to the bit whatever the batch's size.
 */
final class FloatTileKernel extends TileKernel {
  /** Half of the least that a tile can hold on any instruction set, which is 12. */
  static final int STEADY_TOKENS = 6;

  private final TensorType type;
  private final int tokens;

  /** [column of the round, modulo the sums of a token][token]. */
  private final Vec[][] sums;

  private FloatTileKernel(SimdBuilder s, TensorType type, int tokens) {
    super(s, 1);
    this.type = type;
    this.tokens = tokens;
    sums = new Vec[tokens <= 3 ? 4 : tokens < STEADY_TOKENS ? 2 : 1][tokens];
    for (Vec[] row : sums) {
      for (int t = 0; t < tokens; t++) {
        row[t] = s.vector();
      }
    }
  }

  /** Most tokens that a tile may have. */
  static int maxTokens(SimdBuilder fresh) {
    return Math.min(16, fresh.freeVectors() - 2);
  }

  static byte[] generate(SimdBuilder s, FloatPanels panels, int tokens) {
    return new FloatTileKernel(s, panels.type(), tokens).assemble();
  }

  @Override
  void clearSums() {
    for (Vec[] row : sums) {
      for (Vec sum : row) {
        s.zero(sum);
      }
    }
  }

  @Override
  void round(int firstRow) {
    for (int column = 0; column < FloatPanels.ROUND; column++) {
      column(column, firstRow);
    }
    s.add(weights[0], FloatPanels.ROUND * Panels.ROWS * type.blockBytes());
    s.add(activations, FloatPanels.ROUND * 4 * tokens);
  }

  @Override
  Vec[] totals(int panel) {
    for (int t = 0; t < tokens; t++) {
      for (int i = 1; i < sums.length; i++) {
        s.addFloat(sums[0][t], sums[0][t], sums[i][t]);
      }
    }
    return sums[0];
  }

  private void column(int column, int firstRow) {
    Vec w = s.vector();
    int at = (column * Panels.ROWS + firstRow) * type.blockBytes();
    switch (type) {
      case F32 -> s.load(w, weights[0], at);
      case F16 -> s.loadHalf(w, weights[0], at);
      case BF16 -> s.loadBrainFloats(w, weights[0], at);
      default -> throw new IllegalArgumentException(type + " is no float");
    }
    for (int t = 0; t < tokens; t++) {
      s.fmaBroadcast(sums[column % sums.length][t], w, activations, 4 * (column * tokens + t));
    }
    s.release(w);
  }
}
