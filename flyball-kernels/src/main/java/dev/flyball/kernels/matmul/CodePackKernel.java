package dev.flyball.kernels.matmul;

import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Generates the packing of quantised rows, a super-block at a time: scales by {@link ScalePacking},
 * codes plane by plane. A quad of a row (four columns, a byte each) is a lane; {@link RowCodes}
 * says where each type stores its codes.
 */
final class CodePackKernel extends PackKernel {
  /** The permutation of {@link #spreadBits}, as exchanges of two bits of a bit's number. */
  private static final int[][] SPREAD = {{4, 1}, {3, 0}, {2, 1}, {1, 0}};

  private final CodePanels format;
  private final TensorType type;
  private final ScalePacking scales;
  private final Vec[] quads;
  private final Vec work;
  private final Vec packed;

  // Masks of a byte's nibbles.
  private final Vec low;
  private final Vec high;

  CodePackKernel(SimdBuilder s, CodePanels format) {
    super(s);
    this.format = format;
    type = format.type();
    quads = new Vec[] {s.vector(), s.vector(), s.vector(), s.vector()};
    work = s.vector();
    packed = s.vector();
    low = constant(0x0f);
    high = constant(0xf0);
    scales = new ScalePacking(this, format, quads, work, packed);
  }

  @Override
  int storedBytes() {
    return type.blockBytes();
  }

  @Override
  int packedBytes() {
    return format.superBytes();
  }

  @Override
  void block(int firstRow) {
    scales.pack(firstRow);
    switch (type) {
      case Q4_0, IQ4_NL -> nibbleBlock(2, 0, firstRow);
      case Q4_1 -> nibbleBlock(4, 0, firstRow);
      case MXFP4 -> nibbleBlock(1, 0, firstRow);
      case Q5_0 -> {
        fifthBits(2, firstRow);
        nibbleBlock(6, 0, firstRow);
      }
      case Q5_1 -> {
        fifthBits(4, firstRow);
        nibbleBlock(8, 0, firstRow);
      }
      case Q8_0 -> bytes(2, firstRow);
      case Q2_K -> pairRuns(16, firstRow);
      case Q3_K -> {
        pairRuns(32, firstRow);
        bitRuns(0, firstRow);
      }
      case Q4_K -> nibbleRuns(16, firstRow);
      case Q5_K -> {
        nibbleRuns(48, firstRow);
        bitRuns(16, firstRow);
      }
      case Q6_K -> {
        for (int half = 0; half < 2; half++) {
          nibbleRun(64 * half, 4 * half, 4 * half + 2, firstRow);
          nibbleRun(64 * half + 32, 4 * half + 1, 4 * half + 3, firstRow);
        }
        pairRuns(128, firstRow);
      }
      case IQ4_XS -> {
        for (int block = 0; block < 8; block++) {
          nibbleBlock(8 + 16 * block, block, firstRow);
        }
      }
      case F32, F16, BF16 -> throw new IllegalArgumentException(type + " has no codes");
    }
  }

  /** Where a block of the super-block begins in the panel. */
  private int blockOffset(int index, int firstRow) {
    return format.headerBytes() + index * format.blockBytes() + 4 * firstRow;
  }

  private void bytes(int from, int firstRow) {
    int to = blockOffset(0, firstRow) + format.codesOffset();
    for (int quad = 0; quad < 8; quad++) {
      if (quad % 4 == 0) {
        load(quads, from + 4 * quad);
      }
      s.store(panel, to + 64 * quad, quads[quad % 4]);
    }
  }

  /** 16 bytes: the block's first four quads in low nibbles, the others in high ones. */
  private void nibbleBlock(int from, int block, int firstRow) {
    load(quads, from);
    int to = blockOffset(block, firstRow) + format.codesOffset();
    for (int i = 0; i < 2; i++) {
      storeLowNibbles(to + 64 * i, quads[2 * i], quads[2 * i + 1]);
      storeHighNibbles(to + 64 * (i + 2), quads[2 * i], quads[2 * i + 1]);
    }
  }

  /** 128 bytes of nibbles, each 32 of them two blocks. */
  private void nibbleRuns(int from, int firstRow) {
    for (int run = 0; run < 4; run++) {
      nibbleRun(from + 32 * run, 2 * run, 2 * run + 1, firstRow);
    }
  }

  /** 32 bytes: one block in low nibbles, one in high ones. */
  private void nibbleRun(int from, int lowBlock, int highBlock, int firstRow) {
    for (int i = 0; i < 4; i++) {
      if (i % 2 == 0) {
        load(quads, from + 8 * i);
      }
      int at = format.codesOffset() + 64 * i;
      Vec first = quads[2 * i % 4];
      Vec second = quads[2 * i % 4 + 1];
      storeLowNibbles(blockOffset(lowBlock, firstRow) + at, first, second);
      storeHighNibbles(blockOffset(highBlock, firstRow) + at, first, second);
    }
  }

  private void storeLowNibbles(int to, Vec first, Vec second) {
    s.and(packed, first, low);
    s.and(work, second, low);
    s.shiftLeft16(work, work, 4);
    storePacked(to);
  }

  private void storeHighNibbles(int to, Vec first, Vec second) {
    s.and(packed, first, high);
    s.shiftRight16(packed, packed, 4);
    s.and(work, second, high);
    storePacked(to);
  }

  private void storePacked(int to) {
    s.or(packed, packed, work);
    s.store(panel, to, packed);
  }

  /** 64 bytes, each 32 of them four blocks, lowest bits first. */
  private void pairRuns(int from, int firstRow) {
    Vec mask = constant(3);
    for (int half = 0; half < 2; half++) {
      for (int i = 0; i < 2; i++) {
        load(quads, from + 32 * half + 16 * i);
        for (int run = 0; run < 4; run++) {
          gatherBits(quads, 2 * run, 2, mask);
          int block = blockOffset(4 * half + run, firstRow);
          s.store(panel, block + format.pairsOffset() + 64 * i, packed);
        }
      }
    }
    s.release(mask);
  }

  /** 32 bytes; bit i of each is one of block i. */
  private void bitRuns(int from, int firstRow) {
    Vec mask = constant(1);
    Vec[] all = new Vec[8];
    System.arraycopy(quads, 0, all, 0, 4);
    for (int i = 4; i < 8; i++) {
      all[i] = s.vector();
    }
    load(quads, from);
    load(new Vec[] {all[4], all[5], all[6], all[7]}, from + 16);
    for (int run = 0; run < 8; run++) {
      gatherBits(all, run, 1, mask);
      s.store(panel, blockOffset(run, firstRow) + format.bitsOffset(), packed);
    }
    s.release(all[4], all[5], all[6], all[7]);
    s.release(mask);
  }

  /** {@code packed} = the same bits of each vector's bytes, those of the first lowest. */
  private void gatherBits(Vec[] from, int bit, int width, Vec mask) {
    for (int i = from.length - 1; i >= 0; i--) {
      Vec target = i == from.length - 1 ? packed : work;
      if (bit > 0) {
        s.shiftRight16(target, from[i], bit);
        s.and(target, target, mask);
      } else {
        s.and(target, from[i], mask);
      }
      if (i < from.length - 1) {
        s.shiftLeft16(packed, packed, width);
        s.or(packed, packed, work);
      }
    }
  }

  /** A word of 32 bits, one for each column. */
  private void fifthBits(int from, int firstRow) {
    load(quads, from);
    Vec word = quads[0];
    spreadBits(word);
    s.store(panel, blockOffset(0, firstRow) + format.bitsOffset(), word);
  }

  /**
   * Moves bit 4j + i of a lane to bit 8i + j. Where a bit goes is its number with the five bits
   * turned by two, which is four exchanges of two of those bits; each exchange moves bits by one
   * distance.
   */
  private void spreadBits(Vec word) {
    for (int[] exchange : SPREAD) {
      int distance = (1 << exchange[0]) - (1 << exchange[1]);
      Vec mask = s.vector();
      s.constantInt(mask, movedBits(exchange[0], exchange[1]));
      s.shiftRight32(work, word, distance);
      s.xor(work, work, word);
      s.and(work, work, mask);
      s.xor(word, word, work);
      s.shiftLeft32(work, work, distance);
      s.xor(word, word, work);
      s.release(mask);
    }
  }

  /** The bits whose numbers have bit {@code high} clear and bit {@code low} set. */
  private static int movedBits(int high, int low) {
    int bits = 0;
    for (int i = 0; i < 32; i++) {
      if ((i >> high & 1) == 0 && (i >> low & 1) == 1) {
        bits |= 1 << i;
      }
    }
    return bits;
  }

  private Vec constant(int value) {
    Vec vector = s.vector();
    s.constantByte(vector, value);
    return vector;
  }
}
