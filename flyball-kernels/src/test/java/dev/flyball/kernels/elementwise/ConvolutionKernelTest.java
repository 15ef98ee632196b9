package dev.flyball.kernels.elementwise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.kernels.ChannelConvolution;
import dev.flyball.kernels.ChannelConvolution.Finish;
import dev.flyball.kernels.DifferentialTable;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(DifferentialTable.class)
class ConvolutionKernelTest {
  private static final long SEED = 43;

  @Test
  void slicesAgreeWithPlainJavaAtEveryNumberOfTokensAndTaps() {
    List<InstructionSet> levels = InstructionSet.supported();
    Assumptions.assumeFalse(levels.isEmpty(), "this machine runs no generated code");
    for (InstructionSet level : levels) {
      SplittableRandom random = new SplittableRandom(SEED);
      for (Finish finish : Finish.values()) {
        for (int length = 1; length <= 5; length++) {
          for (int channels : new int[] {16, 128, 512, 640, 1104}) {
            if (ConvolutionKernel.takes(level, length, channels)) {
              check(level, length, channels, finish, random);
              DifferentialTable.agreed("convolution", finish.toString(), level);
            }
          }
        }
      }
    }
  }

  private static void check(
      InstructionSet level, int length, int channels, Finish finish, SplittableRandom random) {
    float[] weight = numbers((length + 1) * channels, random);
    try (ConvolutionKernel kernel = new ConvolutionKernel(level, length, channels, finish);
        Arena arena = Arena.ofConfined()) {
      MemorySegment parameters = arena.allocate(ConvolutionKernel.PARAMETER_BYTES, 8);
      MemorySegment copy = arena.allocateFrom(ValueLayout.JAVA_FLOAT, weight);
      for (int tokens : new int[] {1, 2, ChannelConvolution.MOST_TOKENS}) {
        float[] window = numbers((length - 1 + tokens) * ChannelConvolution.SLICE, random);
        float[] expected = numbers(tokens * channels, random);
        float[] actual = expected.clone();
        for (int from = 0; from < channels; from += ChannelConvolution.SLICE) {
          int count = Math.min(ChannelConvolution.SLICE, channels - from);
          int[] places = new int[tokens];
          for (int t = 0; t < tokens; t++) {
            places[t] = (tokens - 1 - t) * channels + from;
          }
          ChannelConvolution.apply(
              weight, length, channels, finish, window, expected, places, tokens, from, count);
          kernel.apply(copy, window, actual, places, tokens, from, count, parameters);
        }
        for (int i = 0; i < expected.length; i++) {
          assertThat(actual[i])
              .as("%d tokens, %d channels, %d taps, seed %d", tokens, channels, length, SEED)
              .isCloseTo(expected[i], within(2e-5f));
        }
      }
    }
  }

  private static float[] numbers(int count, SplittableRandom random) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }
}
