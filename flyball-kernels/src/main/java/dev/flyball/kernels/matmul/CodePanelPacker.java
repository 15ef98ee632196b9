package dev.flyball.kernels.matmul;

import static dev.flyball.kernels.matmul.Words.bits;
import static dev.flyball.kernels.matmul.Words.putInt;
import static dev.flyball.kernels.matmul.Words.putShort;

import dev.flyball.kernels.matmul.CodePanels.Mins;
import dev.flyball.kernels.matmul.CodePanels.Scales;
import java.util.Arrays;

/**
 * Packs stored rows into panels; see {@link CodePanels} for the layout. Works on a word of codes at
 * a time, and on stretches of columns short enough for the part of the panel that they fill to stay
 * in the first-level cache while row after row is put there. Not thread-safe: one for each thread.
 */
final class CodePanelPacker implements PanelPacker {
  private static final int ROWS = Panels.ROWS;
  private static final int BLOCK = CodePanels.BLOCK;

  private final CodePanels format;
  private final RowCodes row = new RowCodes();

  CodePanelPacker(CodePanels format) {
    this.format = format;
  }

  @Override
  public void pack(byte[] stored, int rows, int columns, byte[] panel) {
    int supers = columns / format.superColumns();
    int storedBytes = format.type().blockBytes();
    int stretch = RowCodes.MAX_COLUMNS / format.superColumns();
    if (rows < ROWS) {
      Arrays.fill(panel, 0, (int) format.panelBytes(columns), (byte) 0);
    }
    for (int first = 0; first < supers; first += stretch) {
      int count = Math.min(stretch, supers - first);
      for (int r = 0; r < rows; r++) {
        row.read(format.type(), stored, (r * supers + first) * storedBytes, count);
        put(panel, first * format.superBytes(), count, r);
      }
    }
  }

  private void put(byte[] panel, int at, int supers, int r) {
    for (int s = 0; s < supers; s++) {
      int superBlock = at + s * format.superBytes();
      putHeader(panel, superBlock, s, r);
      int block = superBlock + format.headerBytes();
      for (int b = 0; b < format.blocksPerSuper(); b++) {
        putScales(panel, block, s, b, r);
        putCodes(panel, block, (s * format.superColumns() + b * BLOCK) / 8, 4 * r);
        block += format.blockBytes();
      }
    }
  }

  private void putHeader(byte[] panel, int at, int s, int r) {
    if (format.hasSuperScale()) {
      putShort(panel, at + 2 * r, row.superScales[s]);
    }
    if (format.mins() == Mins.SUPER) {
      int to = at + format.headerMinOffset() + 2 * r;
      putShort(panel, to, (short) (row.superMins[s] ^ 0x8000));
    }
  }

  private void putScales(byte[] panel, int block, int s, int b, int r) {
    if (format.scales() == Scales.HALF) {
      putShort(panel, block + 2 * r, row.superScales[s]);
    } else if (format.scales() == Scales.EXPONENT) {
      panel[block + r] = (byte) row.superScales[s];
    } else {
      putGroups(row.scales, panel, block, s, b, r);
    }
    int mins = block + format.scaleBytes();
    if (format.mins() == Mins.HALF) {
      putShort(panel, mins + 2 * r, row.superMins[s]);
    } else if (format.mins() == Mins.SUPER) {
      putGroups(row.mins, panel, mins, s, b, r);
    }
  }

  private void putGroups(byte[] groups, byte[] panel, int at, int s, int b, int r) {
    int each = format.scalesPerBlock();
    for (int h = 0; h < each; h++) {
      panel[at + ROWS * h + r] = groups[16 * s + each * b + h];
    }
  }

  /** The 32 codes from {@code word} on, a quad to a lane of a vector. */
  private void putCodes(byte[] panel, int block, int word, int lane) {
    CodePanels.Codes kind = format.codes();
    if (kind == CodePanels.Codes.SIGNED_BYTES) {
      putBytes(panel, block + format.codesOffset() + lane, word);
      return;
    }
    int used = 0;
    if (kind.nibbles) {
      putNibbles(panel, block + format.codesOffset() + lane, word);
      used = 4;
    }
    if (kind.pairs) {
      putPairs(panel, block + format.pairsOffset() + lane, word, used);
      used += 2;
    }
    if (kind.bits) {
      putBits(panel, block + format.bitsOffset() + lane, word, used);
    }
  }

  private void putBytes(byte[] panel, int at, int word) {
    for (int i = 0; i < 4; i++) {
      long codes = row.codes[word + i];
      putInt(panel, at + 128 * i, (int) codes);
      putInt(panel, at + 128 * i + 64, (int) (codes >>> 32));
    }
  }

  private void putNibbles(byte[] panel, int at, int word) {
    for (int i = 0; i < 4; i++) {
      putInt(panel, at + 64 * i, quadsTogether(bits(row.codes[word + i], 0, 4), 4));
    }
  }

  private void putPairs(byte[] panel, int at, int word, int used) {
    for (int i = 0; i < 2; i++) {
      int first = quadsTogether(bits(row.codes[word + 2 * i], used, 2), 2);
      int second = quadsTogether(bits(row.codes[word + 2 * i + 1], used, 2), 2);
      putInt(panel, at + 64 * i, first | (second << 4));
    }
  }

  private void putBits(byte[] panel, int at, int word, int used) {
    int all = 0;
    for (int i = 0; i < 4; i++) {
      all |= quadsTogether(bits(row.codes[word + i], used, 1), 1) << (2 * i);
    }
    putInt(panel, at, all);
  }

  /** The quad in the word's upper half beside that in its lower half, {@code width} bits each. */
  private static int quadsTogether(long codes, int width) {
    return (int) (codes | (codes >>> (32 - width)));
  }
}
