package dev.flyball.kernels.elementwise;

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
 * Root mean square norm of a row, as {@link dev.flyball.kernels.RmsNorm} computes it but with the
 * squares summed in F32, optionally after something was added to the row. Immutable; thread-safe.
 */
public final class RmsNormKernel implements AutoCloseable {
  private static final int OFFSET = 0;
  private static final int VECTORS = 1;
  private static final int WEIGHT = 2;
  private static final int LENGTH_AND_EPSILON = 3;
  private static final int SCALARS = 4;

  /** Bytes of the parameter block that calls want. */
  public static final long PARAMETER_BYTES = 8L * (SCALARS + 1);

  private final ExecutableMemory plain;
  private final ExecutableMemory adding;
  private final int lanes;

  public RmsNormKernel(InstructionSet level) {
    lanes = level.newKernel(2).lanes();
    plain = ExecutableMemory.of(generate(level.newKernel(2), false)).orElseThrow();
    adding = ExecutableMemory.of(generate(level.newKernel(3), true)).orElseThrow();
  }

  /** Whether rows of this length can be treated: whole vectors. */
  public boolean takes(int length) {
    return length % lanes == 0;
  }

  private static byte[] generate(SimdBuilder s, boolean adding) {
    Vec squares = s.vector();
    Vec value = s.vector();
    Vec other = s.vector();
    sumSquares(s, adding, squares, value, other);
    toScale(s, squares, value, other);
    writeRow(s, squares, value);
    return s.finish();
  }

  /** Leaves the sum of squares in every lane; {@code x += delta} on the way. */
  private static void sumSquares(SimdBuilder s, boolean adding, Vec squares, Vec value, Vec other) {
    Reg x = s.register();
    Reg offset = s.parameter(OFFSET);
    s.copy(x, s.array(0));
    s.add(x, offset);
    if (adding) {
      s.add(s.array(2), offset);
    }
    Reg vectors = s.parameter(VECTORS);
    s.zero(squares);
    Label next = new Label();
    s.bind(next);
    s.load(value, x, 0);
    if (adding) {
      s.load(other, s.array(2), 0);
      s.addFloat(value, value, other);
      s.store(x, 0, value);
      s.add(s.array(2), s.bytes());
    }
    s.fma(squares, value, value);
    s.add(x, s.bytes());
    s.decrementAndJumpIfNotZero(vectors, next);
    s.release(x, offset, vectors);
    s.sumLanes(squares, other);
  }

  /** {@code squares = 1 / sqrt(squares / length + epsilon)}. */
  private static void toScale(SimdBuilder s, Vec squares, Vec value, Vec other) {
    Reg scalars = s.parameter(LENGTH_AND_EPSILON);
    s.broadcast(value, scalars, 0);
    s.divide(squares, squares, value);
    s.broadcast(value, scalars, 4);
    s.addFloat(squares, squares, value);
    s.squareRoot(squares, squares);
    s.constantFloat(other, 1);
    s.divide(squares, other, squares);
    s.release(scalars);
  }

  private static void writeRow(SimdBuilder s, Vec scale, Vec value) {
    Reg x = s.array(0);
    Reg out = s.array(1);
    Reg offset = s.parameter(OFFSET);
    s.add(x, offset);
    s.add(out, offset);
    Reg weight = s.parameter(WEIGHT);
    Reg vectors = s.parameter(VECTORS);
    Vec factor = s.vector();
    Label next = new Label();
    s.bind(next);
    s.load(value, x, 0);
    s.multiply(value, value, scale);
    s.load(factor, weight, 0);
    s.multiply(value, value, factor);
    s.store(out, 0, value);
    s.add(x, s.bytes());
    s.add(out, s.bytes());
    s.add(weight, s.bytes());
    s.decrementAndJumpIfNotZero(vectors, next);
  }

  /**
   * Normalises the row of {@code x} that begins at {@code offset} into the same place of {@code
   * out}, which may be {@code x}.
   *
   * @param weight native memory, as long as the row
   * @param parameters scratch of the calling thread
   */
  public void apply(
      float[] x,
      int offset,
      MemorySegment weight,
      float epsilon,
      float[] out,
      MemorySegment parameters) {
    set(offset, weight, epsilon, parameters);
    NativeCode.call(plain.entry(), parameters.address(), x, out);
  }

  /** As {@link #apply} after {@code x += delta}. */
  public void addAndApply(
      float[] x,
      float[] delta,
      int offset,
      MemorySegment weight,
      float epsilon,
      float[] out,
      MemorySegment parameters) {
    set(offset, weight, epsilon, parameters);
    NativeCode.call(adding.entry(), parameters.address(), x, out, delta);
  }

  private void set(int offset, MemorySegment weight, float epsilon, MemorySegment parameters) {
    int length = (int) (weight.byteSize() / Float.BYTES);
    parameters.setAtIndex(ValueLayout.JAVA_LONG, OFFSET, 4L * offset);
    parameters.setAtIndex(ValueLayout.JAVA_LONG, VECTORS, length / lanes);
    parameters.setAtIndex(ValueLayout.JAVA_LONG, WEIGHT, weight.address());
    parameters.setAtIndex(
        ValueLayout.JAVA_LONG, LENGTH_AND_EPSILON, parameters.address() + 8L * SCALARS);
    parameters.setAtIndex(ValueLayout.JAVA_FLOAT, 2 * SCALARS, length);
    parameters.setAtIndex(ValueLayout.JAVA_FLOAT, 2 * SCALARS + 1, epsilon);
  }

  @Override
  public void close() {
    plain.close();
    adding.close();
  }
}
