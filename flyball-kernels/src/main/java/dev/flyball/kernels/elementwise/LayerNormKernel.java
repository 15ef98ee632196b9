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
 * Layer norm of a row, as {@link dev.flyball.kernels.LayerNorm} computes it but with sums in F32,
 * optionally after something was added to the row. Immutable; thread-safe.
 */
public final class LayerNormKernel implements AutoCloseable {
  private static final int OFFSET = 0;
  private static final int VECTORS = 1;
  private static final int WEIGHT = 2;
  private static final int BIAS = 3;
  private static final int LENGTH_AND_EPSILON = 4;
  private static final int SCALARS = 5;

  /** Bytes of the parameter block that calls want. */
  public static final long PARAMETER_BYTES = 8L * (SCALARS + 1);

  private final ExecutableMemory plain;
  private final ExecutableMemory adding;
  private final int lanes;

  public LayerNormKernel(InstructionSet level) {
    lanes = level.newKernel(2).lanes();
    plain = ExecutableMemory.of(new Generator(level.newKernel(2)).kernel(false)).orElseThrow();
    adding = ExecutableMemory.of(new Generator(level.newKernel(3)).kernel(true)).orElseThrow();
  }

  /** Whether rows of this length can be treated: whole vectors. */
  public boolean takes(int length) {
    return length % lanes == 0;
  }

  /**
   * Normalises the row of {@code x} that begins at {@code offset} into the same place of {@code
   * out}, which may be {@code x}.
   *
   * @param weight native memory, as long as the row
   * @param bias likewise
   * @param parameters scratch of the calling thread
   */
  public void apply(
      float[] x,
      int offset,
      MemorySegment weight,
      MemorySegment bias,
      float epsilon,
      float[] out,
      MemorySegment parameters) {
    set(offset, weight, bias, epsilon, parameters);
    NativeCode.call(plain.entry(), parameters.address(), x, out);
  }

  /** As {@link #apply} after {@code x += delta}. */
  public void addAndApply(
      float[] x,
      float[] delta,
      int offset,
      MemorySegment weight,
      MemorySegment bias,
      float epsilon,
      float[] out,
      MemorySegment parameters) {
    set(offset, weight, bias, epsilon, parameters);
    NativeCode.call(adding.entry(), parameters.address(), x, out, delta);
  }

  private void set(
      int offset,
      MemorySegment weight,
      MemorySegment bias,
      float epsilon,
      MemorySegment parameters) {
    int length = (int) (weight.byteSize() / Float.BYTES);
    parameters.setAtIndex(ValueLayout.JAVA_LONG, OFFSET, 4L * offset);
    parameters.setAtIndex(ValueLayout.JAVA_LONG, VECTORS, length / lanes);
    parameters.setAtIndex(ValueLayout.JAVA_LONG, WEIGHT, weight.address());
    parameters.setAtIndex(ValueLayout.JAVA_LONG, BIAS, bias.address());
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

  /** Three passes over a row that stays in the first-level cache: mean, deviation, result. */
  private static final class Generator {
    private final SimdBuilder s;
    private final Reg x;
    private final Vec mean;
    private final Vec scale;
    private final Vec value;
    private final Vec other;

    Generator(SimdBuilder s) {
      this.s = s;
      x = s.register();
      mean = s.vector();
      scale = s.vector();
      value = s.vector();
      other = s.vector();
    }

    byte[] kernel(boolean adding) {
      Reg offset = s.parameter(OFFSET);
      s.add(s.array(0), offset);
      s.add(s.array(1), offset);
      if (adding) {
        s.add(s.array(2), offset);
      }
      s.release(offset);
      sum(adding);
      sumSquares();
      toScale();
      writeRow();
      return s.finish();
    }

    /** Leaves the mean in every lane; {@code x += delta} on the way. */
    private void sum(boolean adding) {
      s.copy(x, s.array(0));
      Reg vectors = s.parameter(VECTORS);
      s.zero(mean);
      Label next = new Label();
      s.bind(next);
      s.load(value, x, 0);
      if (adding) {
        s.load(other, s.array(2), 0);
        s.addFloat(value, value, other);
        s.store(x, 0, value);
        s.add(s.array(2), s.bytes());
      }
      s.addFloat(mean, mean, value);
      s.add(x, s.bytes());
      s.decrementAndJumpIfNotZero(vectors, next);
      s.release(vectors);
      s.sumLanes(mean, other);
      divideByLength(mean);
    }

    private void divideByLength(Vec sum) {
      Reg scalars = s.parameter(LENGTH_AND_EPSILON);
      s.broadcast(value, scalars, 0);
      s.divide(sum, sum, value);
      s.release(scalars);
    }

    /** Leaves the mean square of what is above or below the mean. */
    private void sumSquares() {
      s.copy(x, s.array(0));
      Reg vectors = s.parameter(VECTORS);
      s.zero(scale);
      Label next = new Label();
      s.bind(next);
      s.load(value, x, 0);
      s.subtract(value, value, mean);
      s.fma(scale, value, value);
      s.add(x, s.bytes());
      s.decrementAndJumpIfNotZero(vectors, next);
      s.release(vectors);
      s.sumLanes(scale, other);
      divideByLength(scale);
    }

    /** {@code scale = 1 / sqrt(scale + epsilon)}. */
    private void toScale() {
      Reg scalars = s.parameter(LENGTH_AND_EPSILON);
      s.broadcast(value, scalars, 4);
      s.release(scalars);
      s.addFloat(scale, scale, value);
      s.squareRoot(scale, scale);
      s.constantFloat(other, 1);
      s.divide(scale, other, scale);
    }

    private void writeRow() {
      Reg in = s.array(0);
      Reg out = s.array(1);
      Reg weight = s.parameter(WEIGHT);
      Reg bias = s.parameter(BIAS);
      Reg vectors = s.parameter(VECTORS);
      Vec factor = s.vector();
      Label next = new Label();
      s.bind(next);
      s.load(value, in, 0);
      s.subtract(value, value, mean);
      s.multiply(value, value, scale);
      s.load(factor, weight, 0);
      s.multiply(value, value, factor);
      s.load(factor, bias, 0);
      s.addFloat(value, value, factor);
      s.store(out, 0, value);
      for (Reg moving : new Reg[] {in, out, weight, bias}) {
        s.add(moving, s.bytes());
      }
      s.decrementAndJumpIfNotZero(vectors, next);
    }
  }
}
