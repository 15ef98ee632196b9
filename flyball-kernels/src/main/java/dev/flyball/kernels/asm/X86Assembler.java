package dev.flyball.kernels.asm;

import dev.flyball.kernels.asm.VectorOp.Form;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Assembles x86-64 machine code. Vector instructions take the VEX encoding where it can express
 * them and the EVEX encoding where it cannot (512 bits, registers 16 to 31, broadcast from memory),
 * or EVEX always. Not thread-safe.
 *
 * <p>Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, chapter 2.
 */
public final class X86Assembler {
  /** Conditions of jumps, by their numbers in encodings. */
  public enum Condition {
    BELOW(2),
    ABOVE_OR_EQUAL(3),
    EQUAL(4),
    NOT_EQUAL(5),
    LESS(12),
    GREATER_OR_EQUAL(13),
    LESS_OR_EQUAL(14),
    GREATER(15);

    private final int code;

    Condition(int code) {
      this.code = code;
    }
  }

  private final CodeBuffer code = new CodeBuffer();
  private final boolean preferEvex;

  /**
   * @param preferEvex take EVEX for every vector instruction that has it (VNNI without AVX-VNNI
   *     needs that)
   */
  public X86Assembler(boolean preferEvex) {
    this.preferEvex = preferEvex;
  }

  /** The code so far. Every label must have been bound. */
  public byte[] toByteArray() {
    return code.toByteArray();
  }

  public int size() {
    return code.size();
  }

  // ---- general registers

  public void mov(Gpr destination, Gpr source) {
    rexW(source.code(), 0, destination.code());
    code.put8(0x89);
    modRm(3, source.code(), destination.code());
  }

  public void mov(Gpr destination, long immediate) {
    if (immediate == (int) immediate) {
      rexW(0, 0, destination.code());
      code.put8(0xC7);
      modRm(3, 0, destination.code());
      code.put32((int) immediate);
    } else {
      rexW(0, 0, destination.code());
      code.put8(0xB8 | (destination.code() & 7));
      code.put64(immediate);
    }
  }

  public void load(Gpr destination, Memory source) {
    gprMemory(0x8B, destination.code(), source);
  }

  public void store(Memory destination, Gpr source) {
    gprMemory(0x89, source.code(), destination);
  }

  public void lea(Gpr destination, Memory source) {
    gprMemory(0x8D, destination.code(), source);
  }

  public void add(Gpr destination, Gpr source) {
    gprGpr(0x01, destination, source);
  }

  public void sub(Gpr destination, Gpr source) {
    gprGpr(0x29, destination, source);
  }

  public void cmp(Gpr left, Gpr right) {
    gprGpr(0x39, left, right);
  }

  public void xor(Gpr destination, Gpr source) {
    gprGpr(0x31, destination, source);
  }

  public void imul(Gpr destination, Gpr source) {
    rexW(destination.code(), 0, source.code());
    code.put8(0x0F);
    code.put8(0xAF);
    modRm(3, destination.code(), source.code());
  }

  public void add(Gpr destination, int immediate) {
    gprImmediate(0, destination, immediate);
  }

  public void sub(Gpr destination, int immediate) {
    gprImmediate(5, destination, immediate);
  }

  public void cmp(Gpr left, int immediate) {
    gprImmediate(7, left, immediate);
  }

  public void shl(Gpr destination, int count) {
    rexW(0, 0, destination.code());
    code.put8(0xC1);
    modRm(3, 4, destination.code());
    code.put8(count);
  }

  public void push(Gpr register) {
    if (register.code() > 7) {
      code.put8(0x41);
    }
    code.put8(0x50 | (register.code() & 7));
  }

  public void pop(Gpr register) {
    if (register.code() > 7) {
      code.put8(0x41);
    }
    code.put8(0x58 | (register.code() & 7));
  }

  public void ret() {
    code.put8(0xC3);
  }

  /** Leaf in EAX, sub-leaf in ECX; answers in EAX, EBX, ECX, EDX. */
  public void cpuid() {
    code.put8(0x0F);
    code.put8(0xA2);
  }

  /** Extended control register ECX into EDX:EAX. */
  public void xgetbv() {
    code.put8(0x0F);
    code.put8(0x01);
    code.put8(0xD0);
  }

  public void vzeroupper() {
    code.put8(0xC5);
    code.put8(0xF8);
    code.put8(0x77);
  }

  /** Asks for the line at an address to be brought into all cache levels. */
  public void prefetch(Memory address) {
    rex(false, 1, indexCode(address), address.base().code());
    code.put8(0x0F);
    code.put8(0x18);
    memoryOperand(1, address, 1);
  }

  // ---- branches

  public void bind(Label label) {
    label.bind(code.size());
    for (int at : label.references()) {
      code.patch32(at, code.size() - (at + 4));
    }
  }

  public void jump(Label target) {
    code.put8(0xE9);
    distanceTo(target);
  }

  public void jump(Condition condition, Label target) {
    code.put8(0x0F);
    code.put8(0x80 | condition.code);
    distanceTo(target);
  }

  private void distanceTo(Label target) {
    if (target.isBound()) {
      code.put32(target.position() - (code.size() + 4));
    } else {
      target.addReference(code.size());
      code.put32(0);
    }
  }

  /** The address of a place in the code: {@code lea destination, [rip+place]}. */
  public void address(Gpr destination, Label place) {
    rexW(destination.code(), 0, 0);
    code.put8(0x8D);
    modRm(0, destination.code(), 5);
    distanceTo(place);
  }

  /** A word of data. */
  public void data(int word) {
    code.put32(word);
  }

  // ---- vectors

  /** {@code op destination, source1, source2}. */
  public void vector(
      VectorOp op, VectorLength length, Xmm destination, Xmm source1, Operand source2) {
    require(op, Form.THREE);
    encode(op, length, op.opcode, destination.code(), source1.code(), source2);
  }

  /** {@code op destination, source}. */
  public void vector(VectorOp op, VectorLength length, Xmm destination, Operand source) {
    if (op.form != Form.TWO && op.form != Form.TWO_NARROW) {
      require(op, Form.TWO);
    }
    encode(op, length, op.opcode, destination.code(), 0, source);
  }

  /** {@code op destination, source1, source2, immediate}. */
  public void vector(
      VectorOp op,
      VectorLength length,
      Xmm destination,
      Xmm source1,
      Operand source2,
      int immediate) {
    require(op, Form.THREE_IMMEDIATE);
    encode(op, length, op.opcode, destination.code(), source1.code(), source2);
    code.put8(immediate);
  }

  /** {@code op destination, source, immediate}. */
  public void vector(
      VectorOp op, VectorLength length, Xmm destination, Operand source, int immediate) {
    require(op, Form.TWO_IMMEDIATE);
    encode(op, length, op.opcode, destination.code(), 0, source);
    code.put8(immediate);
  }

  /** {@code op destination, source, count} for shifts by a constant. */
  public void shift(VectorOp op, VectorLength length, Xmm destination, Xmm source, int immediate) {
    require(op, Form.SHIFT);
    encode(op, length, op.opcode, op.extension, destination.code(), source);
    code.put8(immediate);
  }

  /** Stores a whole vector. */
  public void store(VectorLength length, Memory destination, Xmm source) {
    encode(VectorOp.VMOVUPS, length, 0x11, source.code(), 0, destination);
  }

  /** {@code op memory, source}: stores part of a vector, or the vector in fewer bits. */
  public void store(VectorOp op, VectorLength length, Memory destination, Xmm source) {
    require(op, Form.STORE);
    encode(op, length, op.opcode, source.code(), 0, destination);
  }

  /** Stores a vector of floats as halves, rounded to the nearest. */
  public void storeHalf(VectorLength length, Memory destination, Xmm source) {
    encode(VectorOp.VCVTPS2PH, length, VectorOp.VCVTPS2PH.opcode, source.code(), 0, destination);
    code.put8(0);
  }

  private static void require(VectorOp op, Form form) {
    if (op.form != form) {
      throw new IllegalArgumentException(op + " has the form " + op.form + ", not " + form);
    }
  }

  private void encode(
      VectorOp op, VectorLength length, int opcode, int reg, int vvvv, Operand operand) {
    boolean broadcast = operand instanceof Memory memory && memory.broadcast();
    boolean high = reg > 15 || vvvv > 15 || (operand instanceof Xmm(int rm) && rm > 15);
    if ((preferEvex && op.hasEvex())
        || !op.hasVex()
        || high
        || broadcast
        || length == VectorLength.L512) {
      evex(op, length, opcode, reg, vvvv, operand, broadcast);
    } else {
      vex(op, length, opcode, reg, vvvv, operand);
    }
  }

  private void vex(
      VectorOp op, VectorLength length, int opcode, int reg, int vvvv, Operand operand) {
    int x = 0;
    int b;
    switch (operand) {
      case Memory memory -> {
        x = indexCode(memory) >> 3;
        b = memory.base().code() >> 3;
      }
      case Xmm(int rm) -> b = rm >> 3;
    }
    int last = ((~vvvv & 15) << 3) | (length == VectorLength.L256 ? 4 : 0) | op.prefix;
    if (x == 0 && b == 0 && op.map == 1) {
      code.put8(0xC5);
      code.put8((inverted(reg, 3) << 7) | last);
    } else {
      code.put8(0xC4);
      code.put8((inverted(reg, 3) << 7) | (inverted(x, 0) << 6) | (inverted(b, 0) << 5) | op.map);
      code.put8(last);
    }
    code.put8(opcode);
    operand(reg, operand, 1);
  }

  private void evex(
      VectorOp op,
      VectorLength length,
      int opcode,
      int reg,
      int vvvv,
      Operand operand,
      boolean broadcast) {
    int x;
    int b;
    switch (operand) {
      case Memory memory -> {
        x = indexCode(memory) >> 3;
        b = memory.base().code() >> 3;
      }
      case Xmm(int rm) -> {
        x = rm >> 4;
        b = rm >> 3;
      }
    }
    code.put8(0x62);
    code.put8(
        (inverted(reg, 3) << 7)
            | (inverted(x, 0) << 6)
            | (inverted(b, 0) << 5)
            | (inverted(reg, 4) << 4)
            | op.map);
    code.put8(((~vvvv & 15) << 3) | 4 | op.prefix);
    code.put8((length.code() << 5) | (broadcast ? 1 << 4 : 0) | (inverted(vvvv, 4) << 3));
    code.put8(opcode);
    operand(reg, operand, op.displacementScale(length, broadcast));
  }

  private void operand(int reg, Operand operand, int displacementScale) {
    switch (operand) {
      case Memory memory -> memoryOperand(reg, memory, displacementScale);
      case Xmm(int rm) -> modRm(3, reg, rm);
    }
  }

  // ---- shared pieces of encodings

  private void gprGpr(int opcode, Gpr destination, Gpr source) {
    rexW(source.code(), 0, destination.code());
    code.put8(opcode);
    modRm(3, source.code(), destination.code());
  }

  private void gprImmediate(int extension, Gpr register, int immediate) {
    rexW(0, 0, register.code());
    boolean small = immediate == (byte) immediate;
    code.put8(small ? 0x83 : 0x81);
    modRm(3, extension, register.code());
    if (small) {
      code.put8(immediate);
    } else {
      code.put32(immediate);
    }
  }

  private void gprMemory(int opcode, int reg, Memory memory) {
    rexW(reg, indexCode(memory), memory.base().code());
    code.put8(opcode);
    memoryOperand(reg, memory, 1);
  }

  private void rexW(int reg, int index, int base) {
    rex(true, reg, index, base);
  }

  private void rex(boolean wide, int reg, int index, int base) {
    int bits = (wide ? 8 : 0) | ((reg >> 3) << 2) | ((index >> 3) << 1) | (base >> 3);
    if (bits != 0) {
      code.put8(0x40 | bits);
    }
  }

  private void modRm(int mode, int reg, int rm) {
    code.put8((mode << 6) | ((reg & 7) << 3) | (rm & 7));
  }

  /** One bit of a register's number, inverted as the vector prefixes want it. */
  private static int inverted(int register, int bit) {
    return ~(register >> bit) & 1;
  }

  private static int indexCode(Memory memory) {
    @Nullable Gpr index = memory.index();
    return index == null ? 0 : index.code();
  }

  /**
   * ModRM, SIB and displacement; an 8-bit displacement counts in units of {@code displacementScale}
   * bytes.
   */
  private void memoryOperand(int reg, Memory memory, int displacementScale) {
    int base = memory.base().code() & 7;
    int displacement = memory.displacement();
    boolean small =
        displacement % displacementScale == 0
            && displacement / displacementScale == (byte) (displacement / displacementScale);
    // RBP and R13 as a base without displacement mean something else.
    int mode = displacement == 0 && base != 5 ? 0 : small ? 1 : 2;
    if (memory.index() != null || base == 4) {
      modRm(mode, reg, 4);
      int index = memory.index() == null ? 4 : Objects.requireNonNull(memory.index()).code() & 7;
      modRm(Integer.numberOfTrailingZeros(memory.scale()), index, base);
    } else {
      modRm(mode, reg, base);
    }
    if (mode == 1) {
      code.put8(displacement / displacementScale);
    } else if (mode == 2) {
      code.put32(displacement);
    }
  }
}
