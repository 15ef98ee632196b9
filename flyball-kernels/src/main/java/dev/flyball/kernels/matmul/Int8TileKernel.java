package dev.flyball.kernels.matmul;

import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.matmul.CodePanels.Mins;
import dev.flyball.kernels.matmul.CodePanels.Scales;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.util.Arrays;

/**
 * Generates the product of consecutive panels of packed rows with one tile of tokens: {@code
 * out[t][row] = sum over columns of w[row][column] * x[t][column]}.
 *
 * <p>A panel's 16 rows lie side by side in the lanes, so that sums need no horizontal step; a block
 * of 32 columns is eight quads, for each of which every token takes one 8-bit dot product into its
 * integer sums. At the end of a scaled group they become floats. Where a vector is shorter than 16
 * lanes the panel is run over once for each part of its rows.
 */
final class Int8TileKernel extends TileKernel {
  private final CodePanels format;
  private final QuantizedLayout layout;
  private final int places;
  private final boolean fine;
  private final Reg header;
  private final Vec[] sums;
  private final CodeReader codes;

  private Int8TileKernel(SimdBuilder s, CodePanels format, int places, boolean fine) {
    super(s);
    this.format = format;
    this.places = places;
    this.fine = fine;
    this.layout = QuantizedLayout.of(format, s.signedBias());
    header = s.register();
    codes = CodeReader.of(s, format, weights, TileParameters.TABLE);
    sums = new Vec[places];
    for (int t = 0; t < places; t++) {
      sums[t] = s.vector();
    }
  }

  /** Most places that a tile may have: two vectors each, besides those that codes are read with. */
  static int maxPlaces(SimdBuilder fresh, CodePanels format) {
    CodeReader.of(fresh, format, fresh.register(), TileParameters.TABLE);
    return fresh.freeVectors() / 2;
  }

  /**
   * @param fine whether tokens have two places each, whose sums are one output: see {@link
   *     QuantizedTokens}
   */
  static byte[] generate(SimdBuilder s, CodePanels format, int tokens, boolean fine) {
    return new Int8TileKernel(s, format, fine ? 2 * tokens : tokens, fine).assemble();
  }

  @Override
  void clearSums() {
    for (Vec sum : sums) {
      s.zero(sum);
    }
  }

  @Override
  Vec[] totals() {
    if (!fine) {
      return sums;
    }
    Vec[] totals = Arrays.copyOf(sums, places / 2);
    for (int t = 0; t < totals.length; t++) {
      s.addFloat(totals[t], totals[t], sums[totals.length + t]);
    }
    return totals;
  }

  /** One super-block. */
  @Override
  void round(int firstRow) {
    if (format.blocksPerSuper() == 1) {
      block(firstRow);
      return;
    }
    s.copy(header, weights);
    s.add(weights, format.headerBytes());
    Reg blocks = s.register();
    s.set(blocks, format.blocksPerSuper());
    Label nextBlock = new Label();
    s.bind(nextBlock);
    block(firstRow);
    s.decrementAndJumpIfNotZero(blocks, nextBlock);
    s.release(blocks);
  }

  /** 32 columns: one scaled group, or two of 16. */
  private void block(int firstRow) {
    int parts = format.scalesPerBlock();
    int quads = 8 / parts;
    for (int part = 0; part < parts; part++) {
      Vec[] dots = new Vec[places];
      for (int t = 0; t < places; t++) {
        dots[t] = s.vector();
        if (layout.offset() == 0) {
          s.zero(dots[t]);
        } else {
          s.broadcast(
              dots[t], activations, layout.correctionsOffset(places) + 4 * (part * places + t));
        }
      }
      for (int quad = part * quads; quad < (part + 1) * quads; quad++) {
        int column = 4 * quad;
        codes.read(quad, firstRow);
        for (int t = 0; t < places; t++) {
          codes.dot(dots[t], activations, CodePanels.BLOCK * t + column);
        }
      }
      scale(dots, part, firstRow);
      s.release(dots);
    }
    s.add(weights, format.blockBytes());
    s.add(activations, layout.blockBytes(places));
  }

  /** {@code sums[t] += dots[t] * weight scale * activation scale + minimum * activation sum}. */
  private void scale(Vec[] dots, int part, int firstRow) {
    Vec scale = codes.quad();
    Vec superScale = codes.scratch();
    loadScale(scale, superScale, part, firstRow);
    for (int t = 0; t < places; t++) {
      s.intToFloat(dots[t], dots[t]);
      s.multiply(dots[t], dots[t], scale);
      s.fmaBroadcast(sums[t], dots[t], activations, layout.scalesOffset(places) + 4 * t);
    }
    if (format.mins() != Mins.NONE) {
      loadMin(scale, superScale, part, firstRow);
      for (int t = 0; t < places; t++) {
        int at = layout.sumsOffset(places) + 4 * (part * places + t);
        s.fmaBroadcast(sums[t], scale, activations, at);
      }
    }
  }

  private void loadScale(Vec scale, Vec superScale, int part, int firstRow) {
    int bytes = Panels.ROWS * part + firstRow;
    switch (format.scales()) {
      case HALF -> s.loadHalf(scale, weights, 2 * firstRow);
      case EXPONENT -> {
        s.loadUnsignedBytes(scale, weights, firstRow);
        s.shiftLeft32(scale, scale, 23);
      }
      case SUPER_UNSIGNED, SUPER_SIGNED -> {
        if (format.scales() == Scales.SUPER_SIGNED) {
          s.loadSignedBytes(scale, weights, bytes);
        } else {
          s.loadUnsignedBytes(scale, weights, bytes);
        }
        s.intToFloat(scale, scale);
        s.loadHalf(superScale, header, 2 * firstRow);
        s.multiply(scale, scale, superScale);
      }
    }
  }

  private void loadMin(Vec min, Vec superMin, int part, int firstRow) {
    int mins = format.scaleBytes();
    if (format.mins() == Mins.HALF) {
      s.loadHalf(min, weights, mins + 2 * firstRow);
    } else {
      s.loadUnsignedBytes(min, weights, mins + Panels.ROWS * part + firstRow);
      s.intToFloat(min, min);
      s.loadHalf(superMin, header, format.headerMinOffset() + 2 * firstRow);
      s.multiply(min, min, superMin);
    }
  }
}
