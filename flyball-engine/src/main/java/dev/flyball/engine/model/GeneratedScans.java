package dev.flyball.engine.model;

import dev.flyball.engine.model.Arithmetic.HeadScan;
import dev.flyball.kernels.recurrence.DeltaRuleKernel;
import dev.flyball.kernels.recurrence.ScanKernel;
import dev.flyball.kernels.recurrence.StateSpaceKernel;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Rules of recurrent heads in generated code, one kernel for all layers of a shape; in plain Java
 * where a shape is none of whole vectors.
 */
final class GeneratedScans implements AutoCloseable {
  private record Shape(int rows, int columns, float epsilon) {}

  private static final float NONE = -1;

  private final InstructionSet level;
  private final MemorySegment[] parameters;
  private final PlainScans plain;
  private final Map<Shape, ScanKernel> kernels = new HashMap<>();

  /**
   * @param parameters scratch of each worker
   */
  GeneratedScans(InstructionSet level, MemorySegment[] parameters) {
    this.level = level;
    this.parameters = parameters;
    plain = new PlainScans(parameters.length);
  }

  HeadScan deltaRule(int keyLength, int valueLength, float epsilon) {
    return ScanKernel.takes(level, keyLength, valueLength)
        ? scan(
            new Shape(keyLength, valueLength, epsilon),
            () -> new DeltaRuleKernel(level, keyLength, valueLength, epsilon))
        : plain.deltaRule(keyLength, valueLength, epsilon);
  }

  HeadScan stateSpace(int stateLength, int headLength) {
    return ScanKernel.takes(level, stateLength, headLength)
        ? scan(
            new Shape(stateLength, headLength, NONE),
            () -> new StateSpaceKernel(level, stateLength, headLength))
        : plain.stateSpace(stateLength, headLength);
  }

  private HeadScan scan(Shape shape, Supplier<ScanKernel> generator) {
    ScanKernel kernel = kernels.computeIfAbsent(shape, _ -> generator.get());
    return (state, offset, x, tokens, out, worker) ->
        kernel.advance(state, offset, x, tokens, out, parameters[worker]);
  }

  @Override
  public void close() {
    kernels.values().forEach(ScanKernel::close);
  }
}
