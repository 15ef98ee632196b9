package dev.flyball.kernels.matmul;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * The frame of a product of consecutive panels with one tile of tokens: {@code out[t][row] = sum
 * over columns of w[row][column] * x[t][column]}. A panel's 16 rows lie side by side in the lanes,
 * so that sums need no horizontal step; where a vector is shorter than 16 lanes the panel is run
 * over once for each part of its rows.
 *
 * <p>A kernel fills the frame with what one round of columns does. Parameters are {@link
 * TileParameters}.
 */
abstract class TileKernel {
  final SimdBuilder s;

  /** Holds the address of the round's weights. */
  final Reg weights;

  /** Holds the address of the round's activations. */
  final Reg activations;

  TileKernel(SimdBuilder s) {
    this.s = s;
    weights = s.register();
    activations = s.register();
  }

  /** Sets all sums to zero. */
  abstract void clearSums();

  /**
   * One round of columns of as many rows as there are lanes, from {@code firstRow}; moves weights
   * and activations to the next round.
   */
  abstract void round(int firstRow);

  /** The finished sum of each token. */
  abstract Vec[] totals();

  /** The whole kernel. */
  final byte[] assemble() {
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
    clearSums();
    s.reload(activations, TileParameters.ACTIVATIONS);
    Reg rounds = s.parameter(TileParameters.ROUNDS);
    Label nextRound = new Label();
    s.bind(nextRound);
    round(firstRow);
    s.decrementAndJumpIfNotZero(rounds, nextRound);

    Reg row = rounds;
    s.copy(row, out);
    Reg stride = s.parameter(TileParameters.OUT_STRIDE);
    for (Vec total : totals()) {
      s.store(row, 4 * firstRow, total);
      s.add(row, stride);
    }
    s.release(stride, row);
  }
}
