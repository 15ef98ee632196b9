package dev.flyball.kernels.matmul;

import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Emits the reading of one plane of codes: some bits of every code, packed over the quads of a
 * block.
 */
final class CodePlane {
  private final SimdBuilder s;
  private final Reg weights;
  private final int offsetBytes;
  private final int width;
  private final int target;
  private final Vec packed;
  private final Vec mask;

  /**
   * @param offsetBytes where in a block the plane begins
   * @param width bits of each code: 1, 2 or 4
   * @param target where in the code they belong
   */
  CodePlane(SimdBuilder s, Reg weights, int offsetBytes, int width, int target) {
    this.s = s;
    this.weights = weights;
    this.offsetBytes = offsetBytes;
    this.width = width;
    this.target = target;
    packed = s.vector();
    mask = s.vector();
    s.constantByte(mask, ((1 << width) - 1) << target);
  }

  /** The same plane of another panel; the mask is shared. */
  CodePlane(CodePlane other, Reg weights) {
    s = other.s;
    this.weights = weights;
    offsetBytes = other.offsetBytes;
    width = other.width;
    target = other.target;
    packed = s.vector();
    mask = other.mask;
  }

  /** Sets {@code quad} to this plane's bits of a quad; quads are read in order, from 0. */
  void read(Vec destination, int quad, int firstRow) {
    s.and(destination, moved(destination, quad, firstRow), mask);
  }

  /** As {@link #read}, but adds the bits to those of other planes. */
  void add(Vec destination, Vec scratch, int quad, int firstRow) {
    s.orMasked(destination, moved(scratch, quad, firstRow), mask);
  }

  /** The vector in which the bits of a quad are where they belong, among others. */
  private Vec moved(Vec destination, int quad, int firstRow) {
    int quadsPerVector = 8 / width;
    if (quad % quadsPerVector == 0) {
      s.load(packed, weights, offsetBytes + 64 * (quad / quadsPerVector) + 4 * firstRow);
    }
    int right = width * (quad % quadsPerVector) - target;
    if (right == 0) {
      return packed;
    }
    if (right > 0) {
      s.shiftRight16(destination, packed, right);
    } else {
      s.shiftLeft16(destination, packed, -right);
    }
    return destination;
  }

  /**
   * The vector that the plane is loaded into: free for other use after the last quad that it holds.
   */
  Vec packed() {
    return packed;
  }
}
