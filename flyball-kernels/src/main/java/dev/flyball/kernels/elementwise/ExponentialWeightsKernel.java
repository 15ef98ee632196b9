package dev.flyball.kernels.elementwise;

import dev.flyball.kernels.BlockMaxima;
import dev.flyball.kernels.ExponentialWeights;
import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.code.NativeCode;
import dev.flyball.kernels.simd.Exponential;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** {@link ExponentialWeights} in generated code. Immutable; thread-safe. */
public final class ExponentialWeightsKernel implements AutoCloseable {
  /** Bytes of the parameter block that {@link #compute} wants. */
  public static final long PARAMETER_BYTES = 24;

  private static final int BLOCKS = 0;

  /** Address of {@link #MAX_AND_SCALE}. */
  private static final int FLOATS_ADDRESS = 1;

  /** Two floats. */
  private static final int MAX_AND_SCALE = 2;

  private final ExecutableMemory code;

  public ExponentialWeightsKernel(InstructionSet level) {
    code = ExecutableMemory.require(generate(level.newKernel(3)));
  }

  private static byte[] generate(SimdBuilder s) {
    Reg values = s.array(0);
    Reg weights = s.array(1);
    Reg sums = s.array(2);
    Reg blocks = s.parameter(BLOCKS);
    Reg floats = s.parameter(FLOATS_ADDRESS);
    Exponential exponential = new Exponential(s);
    Vec max = s.vector();
    Vec scale = s.vector();
    Vec x = s.vector();
    Vec sum = s.vector();
    s.broadcast(max, floats, 0);
    s.broadcast(scale, floats, 4);
    Label next = new Label();
    s.bind(next);
    s.zero(sum);
    int vectors = BlockMaxima.BLOCK / s.lanes();
    for (int i = 0; i < vectors; i++) {
      s.load(x, values, i * s.bytes());
      s.subtract(x, x, max);
      s.multiply(x, x, scale);
      exponential.apply(x);
      s.store(weights, i * s.bytes(), x);
      s.addFloat(sum, sum, x);
    }
    s.sumLanes(sum, x);
    s.storeLane(sums, 0, sum);
    s.add(values, 4 * BlockMaxima.BLOCK);
    s.add(weights, 4 * BlockMaxima.BLOCK);
    s.add(sums, 4);
    s.decrementAndJumpIfNotZero(blocks, next);
    return s.finish();
  }

  /**
   * As {@link ExponentialWeights#compute} from the first block.
   *
   * @param parameters scratch of the calling thread
   */
  public void compute(
      float[] values,
      int length,
      float max,
      float scale,
      float[] weights,
      float[] sums,
      MemorySegment parameters) {
    if (length > Math.min(values.length, weights.length)
        || sums.length < BlockMaxima.blocks(length)) {
      throw new IllegalArgumentException(
          "%d of %d values into %d weights and %d sums"
              .formatted(length, values.length, weights.length, sums.length));
    }
    int whole = length / BlockMaxima.BLOCK;
    if (whole > 0) {
      parameters.setAtIndex(ValueLayout.JAVA_LONG, BLOCKS, whole);
      parameters.setAtIndex(
          ValueLayout.JAVA_LONG, FLOATS_ADDRESS, parameters.address() + 8L * MAX_AND_SCALE);
      parameters.set(ValueLayout.JAVA_FLOAT, 8L * MAX_AND_SCALE, max);
      parameters.set(ValueLayout.JAVA_FLOAT, 8L * MAX_AND_SCALE + 4, scale);
      NativeCode.call(code.entry(), parameters.address(), values, weights, sums);
    }
    ExponentialWeights.compute(values, whole, length, max, scale, weights, sums);
  }

  @Override
  public void close() {
    code.close();
  }
}
