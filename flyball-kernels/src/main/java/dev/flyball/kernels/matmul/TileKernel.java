package dev.flyball.kernels.matmul;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.util.Arrays;

/**
 * The frame of a product of consecutive panels with one tile of tokens: {@code out[t][row] = sum
 * over columns of w[row][column] * x[t][column]}. A panel's 16 rows lie side by side in the lanes,
 * so that sums need no horizontal step; where a vector is shorter than 16 lanes the panel is run
 * over once for each part of its rows. Some kernels take two panels side by side, so that each
 * activation is loaded once for both.
 *
 * <p>A kernel fills the frame with what one round of columns does. Parameters are {@link
 * TileParameters}.
 */
abstract class TileKernel {
  final SimdBuilder s;

  /** For each panel taken at once, holds the address of the round's weights. */
  final Reg[] weights;

  /** Holds the address of the round's activations. */
  final Reg activations;

  /** Holds the address of what is asked for next; only where panels are taken in pairs. */
  private final Reg ahead;

  /**
   * @param panels how many panels are taken at once
   */
  TileKernel(SimdBuilder s, int panels) {
    this.s = s;
    weights = new Reg[panels];
    Arrays.setAll(weights, panel -> s.register());
    activations = s.register();
    ahead = s.register();
  }

  /** Asks for the next lines, of 64 bytes, of what is to be in the cache later. */
  final void fetchAhead(int lines) {
    for (int line = 0; line < lines; line++) {
      s.prefetch(ahead, 64 * line);
    }
    s.add(ahead, 64 * lines);
  }

  /** Sets all sums to zero. */
  abstract void clearSums();

  /**
   * One round of columns of as many rows as there are lanes, from {@code firstRow}; moves weights
   * and activations to the next round.
   */
  abstract void round(int firstRow);

  /** The finished sum of each token in one of the panels taken at once. */
  abstract Vec[] totals(int panel);

  /** The whole kernel. */
  final byte[] assemble() {
    if (weights.length > 1) {
      s.reload(ahead, TileParameters.AHEAD);
    }
    Reg panels = s.parameter(TileParameters.PANELS);
    Reg panel = s.parameter(TileParameters.WEIGHTS);
    Reg out = s.array(0);
    Reg outOffset = s.parameter(TileParameters.OUT);
    s.add(out, outOffset);
    s.release(outOffset);
    Label nextPanel = new Label();
    s.bind(nextPanel);
    for (int firstRow = 0; firstRow < Panels.ROWS; firstRow += s.lanes()) {
      findWeights(panel);
      rows(firstRow, out);
    }
    Reg panelBytes = s.parameter(TileParameters.PANEL_BYTES);
    for (int i = 0; i < weights.length; i++) {
      s.add(panel, panelBytes);
    }
    s.release(panelBytes);
    s.add(out, 4 * Panels.ROWS * weights.length);
    s.decrementAndJumpIfNotZero(panels, nextPanel);
    return s.finish();
  }

  private void findWeights(Reg firstPanel) {
    s.copy(weights[0], firstPanel);
    Reg panelBytes = s.parameter(TileParameters.PANEL_BYTES);
    for (int i = 1; i < weights.length; i++) {
      s.copy(weights[i], weights[i - 1]);
      s.add(weights[i], panelBytes);
    }
    s.release(panelBytes);
  }

  /** As many rows as there are lanes of each panel taken at once, over all columns. */
  private void rows(int firstRow, Reg out) {
    clearSums();
    s.reload(activations, TileParameters.ACTIVATIONS);
    Reg rounds = s.parameter(TileParameters.ROUNDS);
    Label nextRound = new Label();
    s.bind(nextRound);
    round(firstRow);
    s.decrementAndJumpIfNotZero(rounds, nextRound);

    Reg row = rounds;
    Reg stride = s.parameter(TileParameters.OUT_STRIDE);
    for (int panel = 0; panel < weights.length; panel++) {
      s.copy(row, out);
      for (Vec total : totals(panel)) {
        s.store(row, 4 * (firstRow + Panels.ROWS * panel), total);
        s.add(row, stride);
      }
    }
    s.release(stride, row);
  }
}
