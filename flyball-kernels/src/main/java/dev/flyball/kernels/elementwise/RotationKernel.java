package dev.flyball.kernels.elementwise;

import dev.flyball.kernels.HalfRotation;
import dev.flyball.kernels.PairRotation;
import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.code.NativeCode;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Rotary position embedding of all heads of a token, as {@link PairRotation} and {@link
 * HalfRotation} compute it, bit by bit. Angles are loaded once for all heads. Immutable;
 * thread-safe.
 */
public final class RotationKernel implements AutoCloseable {
  /** Which two values of a head are rotated together. */
  public enum Pairing {
    /** Those side by side: {@link PairRotation}, whose tables have an entry for each value. */
    ADJACENT,
    /** Those half of the rotated values apart: {@link HalfRotation}; an entry for each pair. */
    HALVES
  }

  /** Bytes of the parameter block that {@link #apply} wants. */
  public static final long PARAMETER_BYTES = 32;

  private static final int OFFSET = 0;
  private static final int ANGLES = 1;
  private static final int HEADS = 2;
  private static final int HEAD_BYTES = 3;

  private final Pairing pairing;
  private final int pairs;

  /** Pairs of each head that are left to plain Java, as they fill no vector. */
  private final int ragged;

  private final ExecutableMemory code;

  /**
   * @param pairs of a head that are rotated, at least 1
   */
  public RotationKernel(InstructionSet level, Pairing pairing, int pairs) {
    this.pairing = pairing;
    this.pairs = pairs;
    SimdBuilder s = level.newKernel(3);
    int pairsPerVector = pairing == Pairing.ADJACENT ? s.lanes() / 2 : s.lanes();
    ragged = pairs % pairsPerVector;
    code = ExecutableMemory.require(generate(s, pairing, pairs, pairs / pairsPerVector));
  }

  private static byte[] generate(SimdBuilder s, Pairing pairing, int pairs, int vectors) {
    Reg x = s.array(0);
    Reg cosines = s.array(1);
    Reg sines = s.array(2);
    Reg offset = s.parameter(OFFSET);
    s.add(x, offset);
    Reg angles = s.parameter(ANGLES);
    s.add(cosines, angles);
    s.add(sines, angles);
    Reg headBytes = s.parameter(HEAD_BYTES);
    Vec cosine = s.vector();
    Vec sine = s.vector();
    Reg head = s.register();
    Reg heads = s.register();
    for (int v = 0; v < vectors; v++) {
      s.load(cosine, cosines, v * s.bytes());
      s.load(sine, sines, v * s.bytes());
      s.copy(head, x);
      s.reload(heads, HEADS);
      Label next = new Label();
      s.bind(next);
      switch (pairing) {
        case ADJACENT -> rotateNeighbours(s, head, v * s.bytes(), cosine, sine);
        case HALVES -> rotateHalves(s, head, v * s.bytes(), 4 * pairs, cosine, sine);
      }
      s.add(head, headBytes);
      s.decrementAndJumpIfNotZero(heads, next);
    }
    return s.finish();
  }

  private static void rotateNeighbours(
      SimdBuilder s, Reg head, int offsetBytes, Vec cosine, Vec sine) {
    Vec a = s.vector();
    Vec other = s.vector();
    s.load(a, head, offsetBytes);
    s.swapNeighbours(other, a);
    s.multiply(a, a, cosine);
    s.multiply(other, other, sine);
    s.addFloat(a, a, other);
    s.store(head, offsetBytes, a);
    s.release(a, other);
  }

  private static void rotateHalves(
      SimdBuilder s, Reg head, int offsetBytes, int distanceBytes, Vec cosine, Vec sine) {
    Vec a = s.vector();
    Vec b = s.vector();
    Vec first = s.vector();
    Vec product = s.vector();
    s.load(a, head, offsetBytes);
    s.load(b, head, offsetBytes + distanceBytes);
    s.multiply(first, a, cosine);
    s.multiply(product, b, sine);
    s.subtract(first, first, product);
    s.store(head, offsetBytes, first);
    s.multiply(a, a, sine);
    s.multiply(b, b, cosine);
    s.addFloat(a, a, b);
    s.store(head, offsetBytes + distanceBytes, a);
    s.release(a, b, first, product);
  }

  /**
   * Rotates heads in place.
   *
   * @param x heads, one after the other from {@code offset}
   * @param headLength values from head to head, of which the first {@code 2 * pairs} are rotated
   * @param cosines as the pairing wants them, from {@code angles}
   * @param sines likewise
   * @param parameters scratch of the calling thread
   */
  public void apply(
      float[] x,
      int offset,
      int heads,
      int headLength,
      float[] cosines,
      float[] sines,
      int angles,
      MemorySegment parameters) {
    if (pairs > ragged) {
      parameters.setAtIndex(ValueLayout.JAVA_LONG, OFFSET, 4L * offset);
      parameters.setAtIndex(ValueLayout.JAVA_LONG, ANGLES, 4L * angles);
      parameters.setAtIndex(ValueLayout.JAVA_LONG, HEADS, heads);
      parameters.setAtIndex(ValueLayout.JAVA_LONG, HEAD_BYTES, 4L * headLength);
      NativeCode.call(code.entry(), parameters.address(), x, cosines, sines);
    }
    int done = pairs - ragged;
    for (int head = 0; ragged > 0 && head < heads; head++) {
      int at = offset + head * headLength;
      switch (pairing) {
        case ADJACENT ->
            PairRotation.apply(x, at + 2 * done, cosines, sines, angles + 2 * done, ragged);
        case HALVES ->
            HalfRotation.apply(x, at + done, pairs, cosines, sines, angles + done, ragged);
      }
    }
  }

  @Override
  public void close() {
    code.close();
  }
}
