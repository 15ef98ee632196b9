package dev.flyball.kernels.asm;

import org.jspecify.annotations.Nullable;

/**
 * A memory operand of x86-64: {@code [base + index * scale + displacement]}.
 *
 * @param base the base register
 * @param index the index register, or null for none; never RSP
 * @param scale 1, 2, 4 or 8
 * @param displacement in bytes
 * @param broadcast whether an EVEX instruction repeats one 32-bit element over all lanes
 */
public record Memory(Gpr base, @Nullable Gpr index, int scale, int displacement, boolean broadcast)
    implements Operand {
  public Memory {
    if (index == Gpr.RSP) {
      throw new IllegalArgumentException("RSP cannot be an index");
    }
    if (Integer.bitCount(scale) != 1 || scale > 8) {
      throw new IllegalArgumentException("scale must be 1, 2, 4 or 8: " + scale);
    }
  }

  public static Memory at(Gpr base, int displacement) {
    return new Memory(base, null, 1, displacement, false);
  }

  public static Memory at(Gpr base, Gpr index, int scale, int displacement) {
    return new Memory(base, index, scale, displacement, false);
  }

  /** The same place, one element repeated over all lanes. */
  public Memory broadcasted() {
    return new Memory(base, index, scale, displacement, true);
  }
}
