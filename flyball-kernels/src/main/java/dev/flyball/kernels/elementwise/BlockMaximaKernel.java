package dev.flyball.kernels.elementwise;

import dev.flyball.kernels.BlockMaxima;
import dev.flyball.kernels.asm.Label;
import dev.flyball.kernels.code.ExecutableMemory;
import dev.flyball.kernels.code.NativeCode;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** {@link BlockMaxima} in generated code. Immutable; thread-safe. */
public final class BlockMaximaKernel implements AutoCloseable {
  /** Bytes of the parameter block that {@link #compute} wants. */
  public static final long PARAMETER_BYTES = 24;

  private static final int BLOCKS = 0;

  /** Address of {@link #SPECIAL}. */
  private static final int SPECIAL_ADDRESS = 1;

  /** A float that becomes NaN where a value is NaN or infinite, else zero. */
  private static final int SPECIAL = 2;

  private static final int VECTORS_AT_ONCE = 4;

  private final ExecutableMemory code;

  public BlockMaximaKernel(InstructionSet level) {
    code = ExecutableMemory.require(generate(level.newKernel(2)));
  }

  private static byte[] generate(SimdBuilder s) {
    Reg values = s.array(0);
    Reg maxima = s.array(1);
    Reg special = s.parameter(SPECIAL_ADDRESS);
    Reg blocks = s.parameter(BLOCKS);
    Vec[] max = new Vec[VECTORS_AT_ONCE];
    for (int i = 0; i < max.length; i++) {
      max[i] = s.vector();
    }
    Vec value = s.vector();
    Vec zero = s.vector();
    Vec specials = s.vector();
    s.zero(zero);
    s.zero(specials);
    Label next = new Label();
    s.bind(next);
    for (Vec m : max) {
      s.constantFloat(m, Float.NEGATIVE_INFINITY);
    }
    int vectors = BlockMaxima.BLOCK / s.lanes();
    for (int i = 0; i < vectors; i++) {
      s.load(value, values, i * s.bytes());
      s.maximum(max[i % max.length], value, max[i % max.length]);
      s.fma(specials, value, zero);
    }
    s.maximum(max[0], max[0], max[1]);
    s.maximum(max[2], max[2], max[3]);
    s.maximum(max[0], max[0], max[2]);
    s.largestLane(max[0], value);
    s.storeLane(maxima, 0, max[0]);
    s.add(values, 4 * BlockMaxima.BLOCK);
    s.add(maxima, 4);
    s.decrementAndJumpIfNotZero(blocks, next);
    s.sumLanes(specials, value);
    s.storeLane(special, 0, specials);
    return s.finish();
  }

  /**
   * As {@link BlockMaxima#compute} from the first block.
   *
   * @param parameters scratch of the calling thread
   */
  public boolean compute(float[] values, int length, float[] maxima, MemorySegment parameters) {
    if (length > values.length || maxima.length < BlockMaxima.blocks(length)) {
      throw new IllegalArgumentException(
          length + " of " + values.length + " values into " + maxima.length + " maxima");
    }
    int whole = length / BlockMaxima.BLOCK;
    boolean special = false;
    if (whole > 0) {
      parameters.setAtIndex(ValueLayout.JAVA_LONG, BLOCKS, whole);
      parameters.setAtIndex(
          ValueLayout.JAVA_LONG, SPECIAL_ADDRESS, parameters.address() + 8L * SPECIAL);
      NativeCode.call(code.entry(), parameters.address(), values, maxima);
      special = Float.isNaN(parameters.get(ValueLayout.JAVA_FLOAT, 8L * SPECIAL));
    }
    return BlockMaxima.compute(values, whole, length, maxima) || special;
  }

  @Override
  public void close() {
    code.close();
  }
}
