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
import java.util.Optional;

/**
 * An {@link ActivationCurve} in generated code, of values or of gates, with a threshold or without.
 * Immutable; thread-safe.
 *
 * <p>Where plain Java makes NaN of minus infinity times zero, this may give zero.
 */
public final class ActivationKernel implements AutoCloseable {
  private static final int OFFSET = 0;
  private static final int VECTORS = 1;

  /** Where the threshold is: its address, and behind it itself. */
  private static final int THRESHOLD = 2;

  /** Bytes of the parameter block that calls want. */
  public static final long PARAMETER_BYTES = 32;

  /** What is made of activated values. */
  private enum Use {
    ALONE,
    GATE,
    GATE_ABOVE
  }

  private final ActivationCurve curve;
  private final ExecutableMemory plain;
  private final ExecutableMemory gating;
  private final Optional<ExecutableMemory> gatingAbove;
  private final int lanes;

  public ActivationKernel(InstructionSet level, ActivationCurve curve) {
    this.curve = curve;
    lanes = level.newKernel(1).lanes();
    plain = compile(level.newKernel(1), curve, Use.ALONE);
    gating = compile(level.newKernel(2), curve, Use.GATE);
    gatingAbove =
        curve == ActivationCurve.CLIPPED_SILU
            ? Optional.empty()
            : Optional.of(compile(level.newKernel(2), curve, Use.GATE_ABOVE));
  }

  private static ExecutableMemory compile(SimdBuilder s, ActivationCurve curve, Use use) {
    return ExecutableMemory.require(generate(s, curve, use));
  }

  private static byte[] generate(SimdBuilder s, ActivationCurve curve, Use use) {
    boolean gating = use != Use.ALONE;
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
    Vec open = s.vector();
    Reg threshold = s.register();
    if (use == Use.GATE_ABOVE) {
      s.reload(threshold, THRESHOLD);
    }
    Label next = new Label();
    s.bind(next);
    s.load(x, values, 0);
    code.apply(x);
    if (gating) {
      if (use == Use.GATE_ABOVE) {
        whereNotBelow(s, x, threshold, open, factor);
      }
      s.load(factor, s.array(1), 0);
      code.prepareUp(factor);
      s.multiply(x, x, factor);
      if (use == Use.GATE_ABOVE) {
        s.and(x, x, open);
      }
      s.add(s.array(1), s.bytes());
    }
    s.store(values, 0, x);
    s.add(values, s.bytes());
    s.decrementAndJumpIfNotZero(vectors, next);
    return s.finish();
  }

  /** All bits of {@code mask} where the magnitude of x is not below the threshold, else none. */
  private static void whereNotBelow(SimdBuilder s, Vec x, Reg threshold, Vec mask, Vec scratch) {
    s.shiftLeft32(mask, x, 1);
    s.shiftRight32(mask, mask, 1);
    s.broadcast(scratch, threshold, 0);
    s.subtract(mask, mask, scratch);
    s.shiftRight32(mask, mask, 31);
    s.constantInt(scratch, -1);
    s.addInt(mask, mask, scratch);
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

  /**
   * As {@link ActivationCurve#gateAbove}.
   *
   * @param parameters scratch of the calling thread
   */
  public void gateAbove(
      float[] gate, float[] up, float threshold, int from, int end, MemorySegment parameters) {
    int vectors = gatingAbove.isEmpty() ? 0 : (end - from) / lanes;
    if (vectors > 0) {
      set(parameters, from, vectors);
      long at = 8L * (THRESHOLD + 1);
      parameters.setAtIndex(ValueLayout.JAVA_LONG, THRESHOLD, parameters.address() + at);
      parameters.set(ValueLayout.JAVA_FLOAT, at, threshold);
      NativeCode.call(gatingAbove.get().entry(), parameters.address(), gate, up);
    }
    curve.gateAbove(gate, up, threshold, from + vectors * lanes, end);
  }

  private static void set(MemorySegment parameters, int from, int vectors) {
    parameters.setAtIndex(ValueLayout.JAVA_LONG, OFFSET, 4L * from);
    parameters.setAtIndex(ValueLayout.JAVA_LONG, VECTORS, vectors);
  }

  @Override
  public void close() {
    plain.close();
    gating.close();
    gatingAbove.ifPresent(ExecutableMemory::close);
  }
}
