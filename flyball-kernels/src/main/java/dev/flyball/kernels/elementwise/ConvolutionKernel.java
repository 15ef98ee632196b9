package dev.flyball.kernels.elementwise;

import dev.flyball.kernels.ActivationCurve;
import dev.flyball.kernels.ChannelConvolution;
import dev.flyball.kernels.ChannelConvolution.Finish;
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
 * Convolves a slice of channels over tokens, as {@link ChannelConvolution} does. Immutable;
 * thread-safe.
 */
public final class ConvolutionKernel implements AutoCloseable {
  private static final int WEIGHT = 0;
  private static final int VECTORS = 1;
  private static final int TOKENS = 2;
  private static final int LIST = 3;

  /** For each token where its results begin, in bytes. */
  private static final int PLACES = 4;

  /** Bytes of the parameter block that {@link #apply} wants. */
  public static final long PARAMETER_BYTES = 8L * (PLACES + ChannelConvolution.MOST_TOKENS);

  private static final int MOST_LENGTH = 16;
  private static final int ROW_BYTES = 4 * ChannelConvolution.SLICE;

  private final ExecutableMemory code;
  private final int lanes;

  /**
   * @param length tokens that a result depends on
   * @param channels of a token, as {@link #takes} allows
   */
  public ConvolutionKernel(InstructionSet level, int length, int channels, Finish finish) {
    SimdBuilder s = level.newKernel(2);
    lanes = s.lanes();
    code = ExecutableMemory.require(generate(s, length, channels, finish));
  }

  /** Whether the generated code can treat so many channels: whole vectors. */
  public static boolean takes(InstructionSet level, int length, int channels) {
    return length <= MOST_LENGTH && channels % level.newKernel(2).lanes() == 0;
  }

  private static byte[] generate(SimdBuilder s, int length, int channels, Finish finish) {
    Reg window = s.array(0);
    Reg place = s.parameter(LIST);
    Reg tokens = s.parameter(TOKENS);
    Reg weight = s.register();
    Reg in = s.register();
    Reg out = s.register();
    Reg vectors = s.register();
    CurveCode curve = new CurveCode(s, ActivationCurve.SILU);
    Vec sum = s.vector();
    Vec value = s.vector();
    Vec factor = s.vector();
    Label nextToken = new Label();
    s.bind(nextToken);
    s.loadAddress(out, place, 0);
    s.add(out, s.array(1));
    s.copy(in, window);
    s.reload(weight, WEIGHT);
    s.reload(vectors, VECTORS);
    Label next = new Label();
    s.bind(next);
    s.load(sum, weight, 4 * length * channels);
    for (int i = 0; i < length; i++) {
      s.load(value, in, i * ROW_BYTES);
      s.load(factor, weight, 4 * i * channels);
      s.fma(sum, value, factor);
    }
    if (finish == Finish.SILU) {
      curve.apply(sum);
    }
    s.store(out, 0, sum);
    s.add(out, s.bytes());
    s.add(in, s.bytes());
    s.add(weight, s.bytes());
    s.decrementAndJumpIfNotZero(vectors, next);
    s.add(place, 8);
    s.add(window, ROW_BYTES);
    s.decrementAndJumpIfNotZero(tokens, nextToken);
    return s.finish();
  }

  /**
   * Convolves a slice of the channels.
   *
   * @param weight native memory: (length + 1, channels), the bias in its last row
   * @param window (length - 1 + tokens, {@link ChannelConvolution#SLICE})
   * @param places where in {@code out} each token's results go
   * @param tokens from 1 to {@link ChannelConvolution#MOST_TOKENS}
   * @param from first channel of the slice, of whole vectors
   * @param count channels of the slice
   * @param parameters scratch of the calling thread
   */
  public void apply(
      MemorySegment weight,
      float[] window,
      float[] out,
      int[] places,
      int tokens,
      int from,
      int count,
      MemorySegment parameters) {
    parameters.setAtIndex(ValueLayout.JAVA_LONG, WEIGHT, weight.address() + 4L * from);
    parameters.setAtIndex(ValueLayout.JAVA_LONG, VECTORS, count / lanes);
    parameters.setAtIndex(ValueLayout.JAVA_LONG, TOKENS, tokens);
    parameters.setAtIndex(ValueLayout.JAVA_LONG, LIST, parameters.address() + 8L * PLACES);
    for (int t = 0; t < tokens; t++) {
      parameters.setAtIndex(ValueLayout.JAVA_LONG, PLACES + t, 4L * places[t]);
    }
    NativeCode.call(code.entry(), parameters.address(), window, out);
  }

  @Override
  public void close() {
    code.close();
  }
}
