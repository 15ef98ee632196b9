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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Moves values from lane to lane of x86-64 vectors. */
final class X86Lanes {
  // Orders of four: (2, 3, 0, 1) and (1, 0, 3, 2).
  private static final int SWAP_PAIRS = 0x4E;
  private static final int SWAP_NEIGHBOURS = 0xB1;

  // Two of each source: the first, and the last ones.
  private static final int FIRST_PAIRS = 0x44;
  private static final int LAST_PAIRS = 0xEE;

  // Likewise lanes 0 and 2, and 1 and 3.
  private static final int EVEN = 0x88;
  private static final int ODD = 0xDD;

  // The same half of each source.
  private static final int LOWER_HALVES = 0x20;
  private static final int UPPER_HALVES = 0x31;

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

  /**
   * Combines all lanes of each vector into lane 0, 1 and so on of the first one; the others lose
   * their values. A tree: of each two vectors the halves of one and of the other are put side by
   * side and combined, so that one vector has both; then quarters, and so on.
   */
  void foldEach(VectorOp op, Xmm[] vectors) {
    int count = length.bytes() / 4;
    List<Optional<Xmm>> tree = new ArrayList<>(Collections.nCopies(count, Optional.empty()));
    for (int i = 0; i < vectors.length; i++) {
      // Four vectors that end in the same 128 bits lie a quarter of the tree apart.
      tree.set(i % 4 * (count / 4) + i / 4, Optional.of(vectors[i]));
    }
    if (length == VectorLength.L512) {
      tree = combined(op, tree, VSHUFF32X4, FIRST_PAIRS, LAST_PAIRS);
      tree = combined(op, tree, VSHUFF32X4, EVEN, ODD);
    } else {
      tree = combined(op, tree, VPERM2F128, LOWER_HALVES, UPPER_HALVES);
    }
    tree = combined(op, tree, VSHUFPS, FIRST_PAIRS, LAST_PAIRS);
    combined(op, tree, VSHUFPS, EVEN, ODD);
  }

  private List<Optional<Xmm>> combined(
      VectorOp op, List<Optional<Xmm>> tree, VectorOp shuffle, int some, int others) {
    List<Optional<Xmm>> pairs = new ArrayList<>();
    for (int i = 0; i < tree.size(); i += 2) {
      Optional<Xmm> second = tree.get(i + 1);
      Optional<Xmm> first = tree.get(i).or(() -> second);
      if (first.isPresent()) {
        Xmm a = first.get();
        Xmm b = second.orElse(a);
        assembler.vector(shuffle, length, scratch, a, b, some);
        assembler.vector(shuffle, length, a, a, b, others);
        assembler.vector(op, length, a, a, scratch);
      }
      pairs.add(first);
    }
    return pairs;
  }
}
