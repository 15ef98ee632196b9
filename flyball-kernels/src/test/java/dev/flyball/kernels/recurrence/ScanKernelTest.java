package dev.flyball.kernels.recurrence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.kernels.DifferentialTable;
import dev.flyball.kernels.GatedDeltaRule;
import dev.flyball.kernels.ScanTokens;
import dev.flyball.kernels.StateSpaceRule;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Holds the scans to plain Java, token by token and state by state. */
@ExtendWith(DifferentialTable.class)
class ScanKernelTest {
  private static final long SEED = 41;
  private static final float EPSILON = 1e-6f;
  private static final int STATE_OFFSET = 24;

  /** Of the largest value: sums of some hundred products in F32, in another order. */
  private static final double TOLERANCE = 2e-5;

  /** Rows, columns: those of real models, and ones whose strips are not all of one width. */
  private static final int[][] SHAPES = {
    {128, 128}, {128, 64}, {128, 80}, {64, 64}, {256, 64}, {16, 16}, {32, 48}, {96, 112}
  };

  private static final int[] COUNTS = {1, 2, 3, 7, 32};

  /** A rule on a level, and its plain twin. */
  private interface Rule {
    void advance(float[] state, float[] x, ScanTokens tokens, float[] out);
  }

  @Test
  void deltaRulesAgreeWithPlainJava() {
    forEachShape(
        (level, rows, columns, random) -> {
          GatedDeltaRule plain = new GatedDeltaRule(rows, columns, EPSILON);
          try (DeltaRuleKernel kernel = new DeltaRuleKernel(level, rows, columns, EPSILON);
              Arena arena = Arena.ofConfined()) {
            MemorySegment parameters = arena.allocate(ScanKernel.PARAMETER_BYTES, 64);
            check(
                rows,
                columns,
                random,
                0,
                (state, x, tokens, out) -> plain.advance(state, STATE_OFFSET, x, tokens, out),
                (state, x, tokens, out) ->
                    kernel.advance(state, STATE_OFFSET, x, tokens, out, parameters));
          }
          DifferentialTable.agreed("scan", "gated delta rule", level);
        });
  }

  @Test
  void stateSpacesAgreeWithPlainJava() {
    forEachShape(
        (level, rows, columns, random) -> {
          StateSpaceRule plain = new StateSpaceRule(rows, columns);
          try (StateSpaceKernel kernel = new StateSpaceKernel(level, rows, columns);
              Arena arena = Arena.ofConfined()) {
            MemorySegment parameters = arena.allocate(ScanKernel.PARAMETER_BYTES, 64);
            check(
                rows,
                columns,
                random,
                0.7f,
                (state, x, tokens, out) -> plain.advance(state, STATE_OFFSET, x, tokens, out),
                (state, x, tokens, out) ->
                    kernel.advance(state, STATE_OFFSET, x, tokens, out, parameters));
          }
          DifferentialTable.agreed("scan", "state space", level);
        });
  }

  private interface Case {
    void run(InstructionSet level, int rows, int columns, SplittableRandom random);
  }

  private static void forEachShape(Case test) {
    List<InstructionSet> levels = InstructionSet.supported();
    Assumptions.assumeFalse(levels.isEmpty(), "this machine runs no generated code");
    for (InstructionSet level : levels) {
      SplittableRandom random = new SplittableRandom(SEED);
      for (int[] shape : SHAPES) {
        if (ScanKernel.takes(level, shape[0], shape[1])) {
          test.run(level, shape[0], shape[1], random);
        }
      }
    }
  }

  /** Several calls go on from each other's state. */
  private static void check(
      int rows, int columns, SplittableRandom random, float direct, Rule plain, Rule generated) {
    float[] expectedState = numbers(STATE_OFFSET + rows * columns + 8, random);
    float[] actualState = expectedState.clone();
    int stride = 2 * rows + columns;
    for (int count : COUNTS) {
      float[] x = numbers(2 * count * stride, random);
      float[] expected = numbers(2 * count * columns, random);
      float[] actual = expected.clone();
      ScanTokens tokens = tokens(count, rows, columns, direct, random);
      plain.advance(expectedState, x, tokens, expected);
      generated.advance(actualState, x, tokens, actual);
      String name = "%d tokens of (%d, %d), seed %d".formatted(count, rows, columns, SEED);
      assertClose(actual, expected, name);
      assertClose(actualState, expectedState, "state after " + name);
    }
  }

  /** Every other token of the array, as in a step in which two sequences take turns. */
  private static ScanTokens tokens(
      int count, int rows, int columns, float direct, SplittableRandom random) {
    ScanTokens tokens = new ScanTokens();
    tokens.begin(direct);
    for (int t = 0; t < count; t++) {
      int at = 2 * t * (2 * rows + columns);
      float decay =
          switch (random.nextInt(8)) {
            case 0 -> 0f;
            case 1 -> 1f;
            case 2 -> 1e-12f;
            case 3 -> 1e-3f;
            default -> (float) Math.exp(-0.2 * random.nextDouble());
          };
      float write = (float) random.nextDouble();
      tokens.add(at, at + rows, at + 2 * rows, 2 * t * columns, decay, write);
    }
    return tokens;
  }

  private static void assertClose(float[] actual, float[] expected, String name) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
    }
    assertThat(difference / largest).as(name).isLessThan(TOLERANCE);
  }

  private static float[] numbers(int count, SplittableRandom random) {
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }
}
