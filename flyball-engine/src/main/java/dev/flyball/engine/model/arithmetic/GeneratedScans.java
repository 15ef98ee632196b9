package dev.flyball.engine.model.arithmetic;

import dev.flyball.kernels.ChannelConvolution;
import dev.flyball.kernels.elementwise.ConvolutionKernel;
import dev.flyball.kernels.recurrence.DeltaRuleKernel;
import dev.flyball.kernels.recurrence.ScanKernel;
import dev.flyball.kernels.recurrence.StateSpaceKernel;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What layers with a state compute, in generated code, one kernel for all layers of a shape; in
 * plain Java where a shape is none of whole vectors.
 */
final class GeneratedScans implements Scans, AutoCloseable {
  private record Shape(int rows, int columns, float epsilon) {}

  private record ConvolutionShape(int length, int channels, ChannelConvolution.Finish finish) {}

  private static final float NONE = -1;

  private final InstructionSet level;
  private final MemorySegment[] parameters;
  private final ExactScans plain;
  private final Map<Shape, ScanKernel> kernels = new HashMap<>();
  private final Map<ConvolutionShape, ConvolutionKernel> convolutions = new HashMap<>();
  private final Arena arena;

  /**
   * @param arena of weights
   * @param parameters scratch of each worker
   */
  GeneratedScans(InstructionSet level, Arena arena, MemorySegment[] parameters) {
    this.level = level;
    this.arena = arena;
    this.parameters = parameters;
    plain = new ExactScans(parameters.length);
  }

  @Override
  public Convolution convolution(
      int length, int channels, float[] weightAndBias, ChannelConvolution.Finish finish) {
    if (!ConvolutionKernel.takes(level, length, channels)) {
      return plain.convolution(length, channels, weightAndBias, finish);
    }
    ConvolutionKernel kernel =
        convolutions.computeIfAbsent(
            new ConvolutionShape(length, channels, finish),
            shape -> new ConvolutionKernel(level, shape.length(), shape.channels(), finish));
    MemorySegment weight = arena.allocateFrom(ValueLayout.JAVA_FLOAT, weightAndBias);
    return (window, out, places, tokens, from, count, worker) ->
        kernel.apply(weight, window, out, places, tokens, from, count, parameters[worker]);
  }

  @Override
  public HeadScan deltaRule(int keyLength, int valueLength, float epsilon) {
    return ScanKernel.takes(level, keyLength, valueLength)
        ? scan(
            new Shape(keyLength, valueLength, epsilon),
            () -> new DeltaRuleKernel(level, keyLength, valueLength, epsilon))
        : plain.deltaRule(keyLength, valueLength, epsilon);
  }

  @Override
  public HeadScan stateSpace(int stateLength, int headLength) {
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
    convolutions.values().forEach(ConvolutionKernel::close);
  }
}
