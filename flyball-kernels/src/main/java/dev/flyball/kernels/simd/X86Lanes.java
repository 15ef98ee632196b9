package dev.flyball.kernels.simd;

import static dev.flyball.kernels.asm.VectorOp.VPACKSSDW;
import static dev.flyball.kernels.asm.VectorOp.VPERM2F128;
import static dev.flyball.kernels.asm.VectorOp.VPERMILPS;
import static dev.flyball.kernels.asm.VectorOp.VPSLLD;
import static dev.flyball.kernels.asm.VectorOp.VPSRAD;
import static dev.flyball.kernels.asm.VectorOp.VSHUFF32X4;
import static dev.flyball.kernels.asm.VectorOp.VSHUFPS;
import static dev.flyball.kernels.asm.VectorOp.VUNPCKHPS;
import static dev.flyball.kernels.asm.VectorOp.VUNPCKLPS;

import dev.flyball.kernels.asm.VectorLength;
import dev.flyball.kernels.asm.VectorOp;
import dev.flyball.kernels.asm.X86Assembler;
import dev.flyball.kernels.asm.Xmm;

/** Moves values from lane to lane of x86-64 vectors. */
final class X86Lanes {
  // Orders of four: (2, 3, 0, 1) and (1, 0, 3, 2).
  private static final int SWAP_PAIRS = 0x4E;
  private static final int SWAP_NEIGHBOURS = 0xB1;

  // Two of each source: the first, and the last ones.
  private static final int FIRST_PAIRS = 0x44;
  private static final int LAST_PAIRS = 0xEE;

  private final X86Assembler assembler;
  private final VectorLength length;
  private final Xmm scratch;

  /**
   * @param scratch overwritten by all but {@link #fold} and {@link #swapNeighbours}
   */
  X86Lanes(X86Assembler assembler, VectorLength length, Xmm scratch) {
    this.assembler = assembler;
    this.length = length;
    this.scratch = scratch;
  }

  /** Turns over the four by four lanes of each 128 bits. */
  void transpose(Xmm a, Xmm b, Xmm c, Xmm d) {
    assembler.vector(VUNPCKLPS, length, scratch, a, b);
    assembler.vector(VUNPCKHPS, length, b, a, b);
    assembler.vector(VUNPCKLPS, length, a, c, d);
    assembler.vector(VUNPCKHPS, length, d, c, d);
    assembler.vector(VSHUFPS, length, c, b, d, FIRST_PAIRS);
    assembler.vector(VSHUFPS, length, d, b, d, LAST_PAIRS);
    assembler.vector(VSHUFPS, length, b, scratch, a, LAST_PAIRS);
    assembler.vector(VSHUFPS, length, a, scratch, a, FIRST_PAIRS);
  }

  /** Eight ints as halves in the lower 128 bits, but for their highest {@code unused} bits. */
  void packSigned(Xmm ints, int unused) {
    assembler.shift(VPSLLD, length, ints, ints, unused);
    assembler.shift(VPSRAD, length, ints, ints, unused);
    assembler.vector(VPACKSSDW, length, ints, ints, ints);
    assembler.vector(VPERM2F128, length, scratch, ints, ints, 1);
    assembler.vector(VSHUFPS, length, ints, ints, scratch, FIRST_PAIRS);
  }

  /** The lanes of each pair in the other order. */
  void swapNeighbours(Xmm destination, Xmm source) {
    assembler.vector(VPERMILPS, length, destination, source, SWAP_NEIGHBOURS);
  }

  /**
   * Combines each lane with that half a vector away, then a quarter and so on, so that all end
   * alike.
   *
   * @param other is overwritten
   */
  void fold(VectorOp op, Xmm v, Xmm other) {
    if (length == VectorLength.L512) {
      assembler.vector(VSHUFF32X4, length, other, v, v, SWAP_PAIRS);
      assembler.vector(op, length, v, v, other);
      assembler.vector(VSHUFF32X4, length, other, v, v, SWAP_NEIGHBOURS);
    } else {
      assembler.vector(VPERM2F128, length, other, v, v, 1);
    }
    assembler.vector(op, length, v, v, other);
    assembler.vector(VPERMILPS, length, other, v, SWAP_PAIRS);
    assembler.vector(op, length, v, v, other);
    assembler.vector(VPERMILPS, length, other, v, SWAP_NEIGHBOURS);
    assembler.vector(op, length, v, v, other);
  }
}
