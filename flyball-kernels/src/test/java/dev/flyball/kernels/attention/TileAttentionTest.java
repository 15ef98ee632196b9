package dev.flyball.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.kernels.DifferentialTable;
import dev.flyball.kernels.attention.KvLayout.Element;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Holds the generated attention against a softmax in double over all scores. */
@ExtendWith(DifferentialTable.class)
class TileAttentionTest {
  private static final long SEED = 11;
  private static final int[] KEY_LENGTHS = {1, 16, 64, 100};
  private static final int[] VALUE_LENGTHS = {3, 32, 64, 128};

  @TestFactory
  List<DynamicTest> attentionAgreesWithItsPlainTwin() {
    List<InstructionSet> levels = InstructionSet.supported();
    Assumptions.assumeFalse(levels.isEmpty(), "this machine runs no generated code");
    List<DynamicTest> tests = new ArrayList<>();
    for (InstructionSet level : levels) {
      for (Element element : Element.values()) {
        tests.add(
            DynamicTest.dynamicTest(
                element + " on " + level.label(),
                () -> {
                  SplittableRandom random = new SplittableRandom(SEED);
                  for (int i = 0; i < KEY_LENGTHS.length; i++) {
                    agrees(new KvLayout(element, KEY_LENGTHS[i], VALUE_LENGTHS[i]), level, random);
                  }
                }));
      }
    }
    return tests;
  }

  private static void agrees(KvLayout layout, InstructionSet level, SplittableRandom random) {
    try (AttentionKernels kernels = new AttentionKernels(layout, level);
        TileAttention tile = new TileAttention(kernels);
        Arena arena = Arena.ofConfined()) {
      for (int queries = 1; queries <= kernels.maxQueries(); queries++) {
        int blocks = random.nextInt(1, 5);
        new Case(layout, queries, blocks, random, arena).check(tile);
        DifferentialTable.agreed("attention", layout.element(), level);
      }
      new Case(layout, 1, 70, random, arena).check(tile);
      DifferentialTable.agreed("attention", layout.element(), level);
    }
  }

  /** Random queries that see random ranges of random keys and values. */
  private static final class Case {
    private final KvLayout layout;
    private final int queries;
    private final float[][] query;
    private final float[][] key;
    private final float[][] value;
    private final long[] addresses;
    private final int[] first;
    private final int[] end;

    Case(KvLayout layout, int queries, int blocks, SplittableRandom random, Arena arena) {
      this.layout = layout;
      this.queries = queries;
      int tokens = blocks * KvLayout.BLOCK_TOKENS;
      query = gaussians(queries, layout.keyLength(), random);
      key = gaussians(tokens, layout.keyLength(), random);
      value = gaussians(tokens, layout.valueLength(), random);
      addresses = new long[blocks];
      for (int b = 0; b < blocks; b++) {
        MemorySegment block = arena.allocate(layout.bytes(), 64);
        addresses[b] = block.address();
        for (int t = 0; t < KvLayout.BLOCK_TOKENS; t++) {
          put(block, t, b * KvLayout.BLOCK_TOKENS + t);
        }
      }
      first = new int[queries];
      end = new int[queries];
      for (int q = 0; q < queries; q++) {
        first[q] = random.nextInt(3) == 0 ? random.nextInt(tokens) : 0;
        end[q] = random.nextInt(first[q], tokens) + 1;
      }
    }

    private void put(MemorySegment block, int slot, int token) {
      for (int d = 0; d < layout.keyLength(); d++) {
        key[token][d] = set(block, 0, d * KvLayout.BLOCK_TOKENS + slot, key[token][d]);
      }
      for (int d = 0; d < layout.valueLength(); d++) {
        value[token][d] =
            set(block, layout.valuesOffset(), slot * layout.paddedValues() + d, value[token][d]);
      }
    }

    /** Stores a number and gives what is left of it. */
    private float set(MemorySegment block, int from, int index, float number) {
      if (layout.element() == Element.F32) {
        block.set(ValueLayout.JAVA_FLOAT, from + 4L * index, number);
        return number;
      }
      short half = Float.floatToFloat16(number);
      block.set(ValueLayout.JAVA_SHORT, from + 2L * index, half);
      return Float.float16ToFloat(half);
    }

    void check(TileAttention tile) {
      float scale = 1 / (float) Math.sqrt(layout.keyLength());
      tile.start(queries);
      for (int q = 0; q < queries; q++) {
        tile.query(q, query[q], 0, scale);
      }
      run(tile);
      for (int q = 0; q < queries; q++) {
        float[] out = new float[layout.valueLength() + 1];
        tile.finish(q, out, 1);
        double[] expected = plain(q, scale);
        for (int d = 0; d < expected.length; d++) {
          assertThat((double) out[d + 1])
              .as("%s, query %d of %d, value %d", layout, q, queries, d)
              .isCloseTo(expected[d], within(2e-5));
        }
      }
    }

    private void run(TileAttention tile) {
      for (int b = 0; b < addresses.length; b++) {
        int from = b * KvLayout.BLOCK_TOKENS;
        int[] firstVisible = new int[queries];
        int[] endVisible = new int[queries];
        boolean whole = true;
        for (int q = 0; q < queries; q++) {
          firstVisible[q] = Math.max(0, first[q] - from);
          endVisible[q] = Math.min(KvLayout.BLOCK_TOKENS, end[q] - from);
          whole &= firstVisible[q] == 0 && endVisible[q] == KvLayout.BLOCK_TOKENS;
        }
        if (whole) {
          tile.addBlocks(addresses, b, 1);
        } else {
          tile.addMasked(addresses[b], firstVisible, endVisible);
        }
      }
    }

    private double[] plain(int q, float scale) {
      double[] out = new double[layout.valueLength()];
      double max = Double.NEGATIVE_INFINITY;
      for (int t = first[q]; t < end[q]; t++) {
        max = Math.max(max, score(q, t, scale));
      }
      double sum = 0;
      for (int t = first[q]; t < end[q]; t++) {
        double weight = Math.exp(score(q, t, scale) - max);
        sum += weight;
        for (int d = 0; d < out.length; d++) {
          out[d] += weight * value[t][d];
        }
      }
      for (int d = 0; d < out.length; d++) {
        out[d] /= sum;
      }
      return out;
    }

    private double score(int q, int token, float scale) {
      double score = 0;
      for (int d = 0; d < layout.keyLength(); d++) {
        score += (double) query[q][d] * key[token][d];
      }
      return score * scale;
    }

    private static float[][] gaussians(int rows, int columns, SplittableRandom random) {
      float[][] values = new float[rows][columns];
      for (float[] row : values) {
        for (int i = 0; i < columns; i++) {
          row[i] = (float) random.nextGaussian() * 2;
        }
      }
      return values;
    }
  }
}
