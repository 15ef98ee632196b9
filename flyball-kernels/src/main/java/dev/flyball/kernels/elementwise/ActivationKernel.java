package dev.flyball.kernels.elementwise;

import dev.flyball.kernels.ActivationCurve;
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
 * An {@link ActivationCurve} in generated code, of values or of gates. Immutable; thread-safe.
 *
 * <p>Where plain Java makes NaN of minus infinity times zero, this may give zero.
 */
public final class ActivationKernel implements AutoCloseable {
  private static final int OFFSET = 0;
  private static final int VECTORS = 1;

  /** Bytes of the parameter block that calls want. */
  public static final long PARAMETER_BYTES = 16;

  private final ActivationCurve curve;
  private final ExecutableMemory plain;
  private final ExecutableMemory gating;
  private final int lanes;

  public ActivationKernel(InstructionSet level, ActivationCurve curve) {
    this.curve = curve;
    lanes = level.newKernel(1).lanes();
    plain = ExecutableMemory.of(generate(level.newKernel(1), curve, false)).orElseThrow();
    gating = ExecutableMemory.of(generate(level.newKernel(2), curve, true)).orElseThrow();
  }

  private static byte[] generate(SimdBuilder s, ActivationCurve curve, boolean gating) {
    Reg values = s.array(0);
    Reg offset = s.parameter(OFFSET);
    s.add(values, offset);
    if (gating) {
      s.add(s.array(1), offset);
    }
    Reg vectors = s.parameter(VECTORS);
    CurveCode code = new CurveCode(s, curve);
    Vec x = s.vector();
    Vec factor = s.vector();
    Label next = new Label();
    s.bind(next);
    s.load(x, values, 0);
    code.apply(x);
    if (gating) {
      s.load(factor, s.array(1), 0);
      code.prepareUp(factor);
      s.multiply(x, x, factor);
      s.add(s.array(1), s.bytes());
    }
    s.store(values, 0, x);
    s.add(values, s.bytes());
    s.decrementAndJumpIfNotZero(vectors, next);
    return s.finish();
  }

  /**
   * As {@link ActivationCurve#apply}.
   *
   * @param parameters scratch of the calling thread
   */
  public void apply(float[] x, int from, int end, MemorySegment parameters) {
    int vectors = (end - from) / lanes;
    if (vectors > 0) {
      set(parameters, from, vectors);
      NativeCode.call(plain.entry(), parameters.address(), x);
    }
    curve.apply(x, from + vectors * lanes, end);
  }

  /**
   * As {@link ActivationCurve#gate}.
   *
   * @param parameters scratch of the calling thread
   */
  public void gate(float[] gate, float[] up, int from, int end, MemorySegment parameters) {
    int vectors = (end - from) / lanes;
    if (vectors > 0) {
      set(parameters, from, vectors);
      NativeCode.call(gating.entry(), parameters.address(), gate, up);
    }
    curve.gate(gate, up, from + vectors * lanes, end);
  }

  private static void set(MemorySegment parameters, int from, int vectors) {
    parameters.setAtIndex(ValueLayout.JAVA_LONG, OFFSET, 4L * from);
    parameters.setAtIndex(ValueLayout.JAVA_LONG, VECTORS, vectors);
  }

  @Override
  public void close() {
    plain.close();
    gating.close();
  }
}
