package dev.flyball.kernels.asm;

import dev.flyball.kernels.asm.Arm64VectorOp.Form;

/**
 * Assembles AArch64 machine code. Not thread-safe.
 *
 * <p>Source: Arm Architecture Reference Manual for A-profile (DDI 0487), C4.1, C6.2 and C7.2.
 */
public final class Arm64Assembler {
  // The words of instructions that name a place, without their operands.
  private static final int CBNZ = 0xB5000000;
  private static final int ADR = 0x10000000;
  private static final int ADR_MASK = 0x9F000000;

  /** Bits 5 to 23, which count words in branches and, but for the last two bits, bytes in ADR. */
  private static final int PLACE_SHIFT = 5;

  private static final int PLACE_BITS = 19;

  private final CodeBuffer code = new CodeBuffer();

  /** The code so far. Every label must have been bound. */
  public byte[] toByteArray() {
    return code.toByteArray();
  }

  // ---- general registers

  public void mov(XReg destination, XReg source) {
    code.put32(0xAA0003E0 | (source.code() << 16) | destination.code());
  }

  /** Takes as many instructions as there are halfwords that differ from the sign. */
  public void mov(XReg destination, long immediate) {
    boolean inverted = immediate < 0;
    int filler = inverted ? 0xFFFF : 0;
    boolean first = true;
    for (int i = 0; i < 4; i++) {
      int half = (int) (immediate >>> (16 * i)) & 0xFFFF;
      boolean lastChance = first && i == 3;
      if (half == filler && !lastChance) {
        continue;
      }
      if (first) {
        moveWide(inverted ? 0x92800000 : 0xD2800000, destination, i, half ^ filler);
      } else {
        moveWide(0xF2800000, destination, i, half);
      }
      first = false;
    }
  }

  private void moveWide(int word, XReg destination, int halfword, int immediate) {
    code.put32(word | (halfword << 21) | (immediate << 5) | destination.code());
  }

  public void add(XReg destination, XReg left, XReg right) {
    code.put32(three(0x8B000000, destination.code(), left.code(), right.code()));
  }

  /**
   * Adds a constant; a negative one is subtracted.
   *
   * @param immediate at most 24 bits in magnitude
   */
  public void add(XReg destination, XReg source, int immediate) {
    int word = immediate < 0 ? 0xD1000000 : 0x91000000;
    int magnitude = Math.abs(immediate);
    if (magnitude >>> 24 != 0) {
      throw new IllegalArgumentException(immediate + " has more than 24 bits");
    }
    int high = magnitude >>> 12;
    int low = magnitude & 0xFFF;
    XReg from = source;
    if (high != 0) {
      code.put32(two(word | 1 << 22 | high << 10, destination.code(), from.code()));
      from = destination;
    }
    if (low != 0 || high == 0) {
      code.put32(two(word | low << 10, destination.code(), from.code()));
    }
  }

  public void ret() {
    code.put32(0xD65F03C0);
  }

  // ---- places

  public void bind(Label label) {
    label.bind(code.size());
    for (int at : label.references()) {
      code.patch32(at, code.get32(at) | placeBits(code.get32(at), code.size() - at));
    }
  }

  /** Compares with zero and branches. */
  public void branchIfNotZero(XReg register, Label target) {
    putWithPlace(CBNZ | register.code(), target);
  }

  /** The address of a place in the code. */
  public void address(XReg destination, Label place) {
    putWithPlace(ADR | destination.code(), place);
  }

  /** A word of data. */
  public void data(int word) {
    code.put32(word);
  }

  private void putWithPlace(int word, Label place) {
    if (place.isBound()) {
      code.put32(word | placeBits(word, place.position() - code.size()));
    } else {
      place.addReference(code.size());
      code.put32(word);
    }
  }

  /** The bits of an instruction that say how far away a place is. */
  private static int placeBits(int word, int distanceBytes) {
    boolean counted = (word & ADR_MASK) == ADR;
    int distance = counted ? distanceBytes : distanceBytes >> 2;
    int reach = 1 << (PLACE_BITS - 1 + (counted ? 2 : 0));
    if (distance < -reach || distance >= reach) {
      throw new IllegalStateException("a place is too far away: " + distanceBytes + " bytes");
    }
    int mask = (1 << PLACE_BITS) - 1;
    return counted
        ? (distance & 3) << 29 | (distance >> 2 & mask) << PLACE_SHIFT
        : (distance & mask) << PLACE_SHIFT;
  }

  // ---- memory

  /**
   * A load or store of a general or vector register at a base and an offset.
   *
   * @return whether the offset can be expressed; nothing is emitted where it cannot
   */
  public boolean memory(Arm64MemoryOp op, int register, XReg base, int offsetBytes) {
    if (op.canScale(offsetBytes)) {
      code.put32(two(op.word | (offsetBytes / op.bytes) << 10, register, base.code()));
      return true;
    }
    if (offsetBytes >= -256 && offsetBytes < 256) {
      code.put32(two(op.unscaledWord() | (offsetBytes & 0x1FF) << 12, register, base.code()));
      return true;
    }
    return false;
  }

  /** A load or store at the sum of two registers. */
  public void memory(Arm64MemoryOp op, int register, XReg base, XReg index) {
    code.put32(three(op.indexedWord(), register, base.code(), index.code()));
  }

  /** Stores the lower halves of two vectors at a base and a multiple of 8 below 512. */
  public void storePair(VReg first, VReg second, XReg base, int offsetBytes) {
    pair(0x6D000000, first, second, base, offsetBytes);
  }

  /** Loads the lower halves of two vectors; see {@link #storePair}. */
  public void loadPair(VReg first, VReg second, XReg base, int offsetBytes) {
    pair(0x6D400000, first, second, base, offsetBytes);
  }

  private void pair(int word, VReg first, VReg second, XReg base, int offsetBytes) {
    if (offsetBytes % 8 != 0 || offsetBytes < 0 || offsetBytes >= 512) {
      throw new IllegalArgumentException("no offset of a pair: " + offsetBytes);
    }
    int fields = (offsetBytes / 8) << 15 | second.code() << 10;
    code.put32(two(word | fields, first.code(), base.code()));
  }

  /** Loads 32 bits into every lane: {@code ld1r {Vd.4s}, [Xn]}. */
  public void loadReplicated(VReg destination, XReg address) {
    code.put32(two(0x4D40C800, destination.code(), address.code()));
  }

  // ---- vectors

  /** {@code op destination, source1, source2}. */
  public void vector(Arm64VectorOp op, VReg destination, VReg source1, VReg source2) {
    require(op, Form.THREE);
    code.put32(three(op.word, destination.code(), source1.code(), source2.code()));
  }

  /** {@code op destination, source}. */
  public void vector(Arm64VectorOp op, VReg destination, VReg source) {
    require(op, Form.TWO);
    code.put32(two(op.word, destination.code(), source.code()));
  }

  /**
   * {@code op destination, source, count} for shifts by a constant.
   *
   * @param count at least 1, below the width of a lane
   */
  public void shift(Arm64VectorOp op, VReg destination, VReg source, int count) {
    if (op.form != Form.SHIFT_LEFT) {
      require(op, Form.SHIFT_RIGHT);
    }
    int field = op.form == Form.SHIFT_LEFT ? count : -count;
    code.put32(two(op.word + (field << 16), destination.code(), source.code()));
  }

  /** The lower 32 bits of a general register in every lane. */
  public void replicate(VReg destination, XReg source) {
    code.put32(two(0x4E040C00, destination.code(), source.code()));
  }

  /** A byte in every byte of a vector. */
  public void replicate(VReg destination, int value) {
    code.put32(0x4F00E400 | (value >> 5 & 7) << 16 | (value & 31) << 5 | destination.code());
  }

  private static void require(Arm64VectorOp op, Form form) {
    if (op.form != form) {
      throw new IllegalArgumentException(op + " has the form " + op.form + ", not " + form);
    }
  }

  // ---- shared pieces of encodings

  private static int two(int word, int d, int n) {
    return word | n << 5 | d;
  }

  private static int three(int word, int d, int n, int m) {
    return word | m << 16 | n << 5 | d;
  }
}
