package dev.flyball.kernels.matmul;

import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Generates the product of consecutive panels of floats with one tile of tokens. A column of a
 * panel is one vector, into whose products every token's activation of that column is broadcast.
 * Tiles of few tokens keep several sums for each of them, so that additions do not wait for one
 * another.
 */
final class FloatTileKernel {
  private final SimdBuilder s;
  private final TensorType type;
  private final int tokens;
  private final Reg weights;
  private final Reg activations;

  /** [column of the round, modulo the sums of a token][token]. */
  private final Vec[][] sums;

  private FloatTileKernel(SimdBuilder s, TensorType type, int tokens) {
    this.s = s;
    this.type = type;
    this.tokens = tokens;
    weights = s.register();
    activations = s.register();
    sums = new Vec[tokens <= 3 ? 4 : tokens <= 6 ? 2 : 1][tokens];
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
    return new FloatTileKernel(s, panels.type(), tokens).kernel();
  }

  private byte[] kernel() {
    Reg panels = s.parameter(TileParameters.PANELS);
    Reg panel = s.parameter(TileParameters.WEIGHTS);
    Reg out = s.array(0);
    Reg outOffset = s.parameter(TileParameters.OUT);
    s.add(out, outOffset);
    s.release(outOffset);
    Label nextPanel = new Label();
    s.bind(nextPanel);
    for (int firstRow = 0; firstRow < Panels.ROWS; firstRow += s.lanes()) {
      s.copy(weights, panel);
      rows(firstRow, out);
    }
    Reg panelBytes = s.parameter(TileParameters.PANEL_BYTES);
    s.add(panel, panelBytes);
    s.release(panelBytes);
    s.add(out, 4 * Panels.ROWS);
    s.decrementAndJumpIfNotZero(panels, nextPanel);
    return s.finish();
  }

  /** As many rows as there are lanes, over all columns. */
  private void rows(int firstRow, Reg out) {
    for (Vec[] row : sums) {
      for (Vec sum : row) {
        s.zero(sum);
      }
    }
    s.reload(activations, TileParameters.ACTIVATIONS);
    Reg rounds = s.parameter(TileParameters.ROUNDS);
    Label nextRound = new Label();
    s.bind(nextRound);
    for (int column = 0; column < FloatPanels.ROUND; column++) {
      column(column, firstRow);
    }
    s.add(weights, FloatPanels.ROUND * Panels.ROWS * type.blockBytes());
    s.add(activations, FloatPanels.ROUND * 4 * tokens);
    s.decrementAndJumpIfNotZero(rounds, nextRound);

    Reg row = rounds;
    s.copy(row, out);
    Reg stride = s.parameter(TileParameters.OUT_STRIDE);
    for (int t = 0; t < tokens; t++) {
      for (int i = 1; i < sums.length; i++) {
        s.addFloat(sums[0][t], sums[0][t], sums[i][t]);
      }
      s.store(row, 4 * firstRow, sums[0][t]);
      s.add(row, stride);
    }
    s.release(stride, row);
  }

  private void column(int column, int firstRow) {
    Vec w = s.vector();
    int at = (column * Panels.ROWS + firstRow) * type.blockBytes();
    switch (type) {
      case F32 -> s.load(w, weights, at);
      case F16 -> s.loadHalf(w, weights, at);
      case BF16 -> s.loadBrainFloats(w, weights, at);
      default -> throw new IllegalArgumentException(type + " is no float");
    }
    for (int t = 0; t < tokens; t++) {
      s.fmaBroadcast(sums[column % sums.length][t], w, activations, 4 * (column * tokens + t));
    }
    s.release(w);
  }
}
