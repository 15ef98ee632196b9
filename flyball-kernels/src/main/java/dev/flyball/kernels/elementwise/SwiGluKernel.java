package dev.flyball.kernels.elementwise;

import dev.flyball.kernels.SwiGlu;
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

/** {@code gate = silu(gate) * up}, as {@link SwiGlu} computes it. Immutable; thread-safe. */
public final class SwiGluKernel implements AutoCloseable {
  private static final int OFFSET = 0;
  private static final int VECTORS = 1;

  /** Bytes of the parameter block that {@link #apply} wants. */
  public static final long PARAMETER_BYTES = 16;

  private final ExecutableMemory code;
  private final int lanes;

  public SwiGluKernel(InstructionSet level) {
    SimdBuilder s = level.newKernel(2);
    lanes = s.lanes();
    code = ExecutableMemory.of(generate(s)).orElseThrow();
  }

  private static byte[] generate(SimdBuilder s) {
    Reg gate = s.array(0);
    Reg up = s.array(1);
    Reg offset = s.parameter(OFFSET);
    s.add(gate, offset);
    s.add(up, offset);
    Reg vectors = s.parameter(VECTORS);
    Exponential exponential = new Exponential(s);
    Vec one = s.vector();
    s.constantFloat(one, 1);
    Vec x = s.vector();
    Vec e = s.vector();
    Label next = new Label();
    s.bind(next);
    s.load(x, gate, 0);
    s.zero(e);
    s.subtract(e, e, x);
    exponential.apply(e);
    s.addFloat(e, e, one);
    s.divide(x, x, e);
    s.load(e, up, 0);
    s.multiply(x, x, e);
    s.store(gate, 0, x);
    s.add(gate, s.bytes());
    s.add(up, s.bytes());
    s.decrementAndJumpIfNotZero(vectors, next);
    return s.finish();
  }

  /**
   * Gates the values from {@code from} to {@code end}.
   *
   * @param parameters scratch of the calling thread
   */
  public void apply(float[] gate, float[] up, int from, int end, MemorySegment parameters) {
    int vectors = (end - from) / lanes;
    if (vectors > 0) {
      parameters.setAtIndex(ValueLayout.JAVA_LONG, OFFSET, 4L * from);
      parameters.setAtIndex(ValueLayout.JAVA_LONG, VECTORS, vectors);
      NativeCode.call(code.entry(), parameters.address(), gate, up);
    }
    int done = from + vectors * lanes;
    SwiGlu.apply(gate, up, done, end - done);
  }

  @Override
  public void close() {
    code.close();
  }
}
