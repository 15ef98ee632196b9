package dev.flyball.kernels.matmul;

import dev.flyball.kernels.matmul.CodePanels.Mins;
import dev.flyball.kernels.matmul.CodePanels.Scales;
import java.util.Arrays;

/**
 * Packs one code at a time, as {@link CodePanels} describes the layout: the oracle of the packer
 * that works on whole words.
 */
final class SlowPanelPacker implements PanelPacker {
  private static final int ROWS = Panels.ROWS;

  private final CodePanels format;
  private final SlowSuperBlockCodes row = new SlowSuperBlockCodes();

  SlowPanelPacker(CodePanels format) {
    this.format = format;
  }

  @Override
  public void pack(byte[] stored, int rows, int columns, byte[] panel) {
    int supers = columns / format.superColumns();
    int storedSuper = (int) format.type().bytesFor(format.superColumns());
    Arrays.fill(panel, 0, (int) format.panelBytes(columns), (byte) 0);
    for (int r = 0; r < rows; r++) {
      for (int s = 0; s < supers; s++) {
        row.read(format.type(), stored, (r * supers + s) * storedSuper);
        put(panel, s * format.superBytes(), r);
      }
    }
  }

  private void put(byte[] panel, int at, int r) {
    if (format.hasSuperScale()) {
      putHalf(panel, at + 2 * r, row.scale);
    }
    if (format.mins() == Mins.SUPER) {
      putHalf(panel, at + format.headerMinOffset() + 2 * r, (short) (row.min ^ 0x8000));
    }
    for (int b = 0; b < format.blocksPerSuper(); b++) {
      int block = at + format.headerBytes() + b * format.blockBytes();
      putScales(panel, block, b, r);
      putCodes(panel, block, b * CodePanels.BLOCK, r);
    }
  }

  private void putScales(byte[] panel, int block, int b, int r) {
    int each = format.scalesPerBlock();
    if (format.scales() == Scales.HALF) {
      putHalf(panel, block + 2 * r, row.scale);
    } else if (format.scales() == Scales.EXPONENT) {
      panel[block + r] = (byte) row.scale;
    } else {
      for (int h = 0; h < each; h++) {
        panel[block + ROWS * h + r] = row.scales[each * b + h];
      }
    }
    int mins = block + format.scaleBytes();
    if (format.mins() == Mins.HALF) {
      putHalf(panel, mins + 2 * r, row.min);
    } else if (format.mins() == Mins.SUPER) {
      for (int h = 0; h < each; h++) {
        panel[mins + ROWS * h + r] = row.mins[each * b + h];
      }
    }
  }

  private void putCodes(byte[] panel, int block, int column, int r) {
    CodePanels.Codes codes = format.codes();
    for (int i = 0; i < CodePanels.BLOCK; i++) {
      int quad = i >> 2;
      int lane = 4 * r + (i & 3);
      int code = row.codes[column + i];
      if (codes == CodePanels.Codes.SIGNED_BYTES) {
        panel[block + format.codesOffset() + 64 * quad + lane] = (byte) code;
        continue;
      }
      int used = 0;
      if (codes.nibbles) {
        or(
            panel,
            block + format.codesOffset() + 64 * (quad >> 1) + lane,
            code & 15,
            4 * (quad & 1));
        used = 4;
      }
      if (codes.pairs) {
        int pair = (code >> used) & 3;
        or(panel, block + format.pairsOffset() + 64 * (quad >> 2) + lane, pair, 2 * (quad & 3));
        used += 2;
      }
      if (codes.bits) {
        or(panel, block + format.bitsOffset() + lane, (code >> used) & 1, quad);
      }
    }
  }

  private static void or(byte[] panel, int at, int bits, int shift) {
    panel[at] |= (byte) (bits << shift);
  }

  private static void putHalf(byte[] panel, int at, short half) {
    panel[at] = (byte) half;
    panel[at + 1] = (byte) (half >> 8);
  }
}
