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
import java.util.List;

/**
 * Norm of a row, as {@link dev.flyball.kernels.RmsNorm} or {@link dev.flyball.kernels.LayerNorm}
 * computes it but with sums in F32, optionally after something was added to the row. Immutable;
 * thread-safe.
 */
public final class NormKernel implements AutoCloseable {
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

  private NormKernel(InstructionSet level, boolean centred) {
    lanes = level.newKernel(2).lanes();
    plain = compile(level.newKernel(2), centred, false);
    adding = compile(level.newKernel(3), centred, true);
  }

  private static ExecutableMemory compile(SimdBuilder s, boolean centred, boolean adding) {
    return ExecutableMemory.require(new Generator(s, centred).kernel(adding));
  }

  /** Root mean square norm. */
  public static NormKernel rms(InstructionSet level) {
    return new NormKernel(level, false);
  }

  /** Layer norm. */
  public static NormKernel layer(InstructionSet level) {
    return new NormKernel(level, true);
  }

  /**
   * What a norm has learnt.
   *
   * @param weight native memory, as long as a row
   * @param bias likewise for a layer norm; not read by the root mean square's
   */
  public record Learnt(MemorySegment weight, MemorySegment bias, float epsilon) {}

  /** Whether rows of this length can be treated: whole vectors. */
  public boolean takes(int length) {
    return length % lanes == 0;
  }

  /**
   * Normalises the row of {@code x} that begins at {@code offset} into the same place of {@code
   * out}, which may be {@code x}.
   *
   * @param parameters scratch of the calling thread
   */
  public void apply(float[] x, int offset, Learnt learnt, float[] out, MemorySegment parameters) {
    set(offset, learnt, parameters);
    NativeCode.call(plain.entry(), parameters.address(), x, out);
  }

  /** As {@link #apply} after {@code x += delta}. */
  public void addAndApply(
      float[] x, float[] delta, int offset, Learnt learnt, float[] out, MemorySegment parameters) {
    set(offset, learnt, parameters);
    NativeCode.call(adding.entry(), parameters.address(), x, out, delta);
  }

  private void set(int offset, Learnt learnt, MemorySegment parameters) {
    int length = (int) (learnt.weight().byteSize() / Float.BYTES);
    parameters.setAtIndex(ValueLayout.JAVA_LONG, OFFSET, 4L * offset);
    parameters.setAtIndex(ValueLayout.JAVA_LONG, VECTORS, length / lanes);
    parameters.setAtIndex(ValueLayout.JAVA_LONG, WEIGHT, learnt.weight().address());
    parameters.setAtIndex(ValueLayout.JAVA_LONG, BIAS, learnt.bias().address());
    parameters.setAtIndex(
        ValueLayout.JAVA_LONG, LENGTH_AND_EPSILON, parameters.address() + 8L * SCALARS);
    parameters.setAtIndex(ValueLayout.JAVA_FLOAT, 2 * SCALARS, length);
    parameters.setAtIndex(ValueLayout.JAVA_FLOAT, 2 * SCALARS + 1, learnt.epsilon());
  }

  @Override
  public void close() {
    plain.close();
    adding.close();
  }

  /**
   * Passes over a row that stays in the first-level cache: for a layer norm the mean, then for both
   * the mean square of what is above or below it (or above or below zero), then the result.
   */
  private static final class Generator {
    private final SimdBuilder s;

    /** Whether the mean is taken from values, and a bias is added to the result. */
    private final boolean centred;

    private final Reg x;
    private final Vec mean;
    private final Vec scale;
    private final Vec value;
    private final Vec other;

    Generator(SimdBuilder s, boolean centred) {
      this.s = s;
      this.centred = centred;
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
      if (centred) {
        takeMean(mean, adding, () -> s.addFloat(mean, mean, value));
      }
      takeMean(scale, adding && !centred, this::addSquare);
      toScale();
      writeRow();
      return s.finish();
    }

    private void addSquare() {
      centre();
      s.fma(scale, value, value);
    }

    private void centre() {
      if (centred) {
        s.subtract(value, value, mean);
      }
    }

    /**
     * Leaves a mean over the row in every lane.
     *
     * @param adding whether {@code x += delta} on the way
     * @param accumulate adds what is to be averaged of {@code value} to the mean
     */
    private void takeMean(Vec mean, boolean adding, Runnable accumulate) {
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
      accumulate.run();
      s.add(x, s.bytes());
      s.decrementAndJumpIfNotZero(vectors, next);
      s.sumLanes(mean, other);
      s.reload(vectors, LENGTH_AND_EPSILON);
      s.broadcast(value, vectors, 0);
      s.divide(mean, mean, value);
      s.release(vectors);
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
      Label next = new Label();
      s.bind(next);
      s.load(value, in, 0);
      centre();
      s.multiply(value, value, scale);
      s.load(other, weight, 0);
      s.multiply(value, value, other);
      if (centred) {
        s.load(other, bias, 0);
        s.addFloat(value, value, other);
      }
      s.store(out, 0, value);
      for (Reg moving : List.of(in, out, weight, bias)) {
        s.add(moving, s.bytes());
      }
      s.decrementAndJumpIfNotZero(vectors, next);
    }
  }
}
