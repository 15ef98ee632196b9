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
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/** Holds the generated attention against a softmax in double over all scores. */
@ExtendWith(DifferentialTable.class)
class TileAttentionTest {
  private static final long SEED = 11;
  private static final int[] KEY_LENGTHS = {1, 16, 64, 100, 33};
  private static final int[] VALUE_LENGTHS = {3, 32, 64, 128, 80};

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
                    agrees(
                        new KvLayout(element, KEY_LENGTHS[i], VALUE_LENGTHS[i]),
                        Float.POSITIVE_INFINITY,
                        level,
                        random);
                  }
                }));
      }
    }
    return tests;
  }

  @Test
  void cappedScoresAgreeWithTheirPlainTwin() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (InstructionSet level : InstructionSet.supported()) {
      for (float cap : new float[] {0.5f, 5, 50}) {
        agrees(new KvLayout(Element.F32, 64, 32), cap, level, random);
      }
    }
  }

  @Test
  void whatIsNotANumberOrInfiniteStaysVisible() {
    List<InstructionSet> levels = InstructionSet.supported();
    Assumptions.assumeFalse(levels.isEmpty(), "this machine runs no generated code");
    for (InstructionSet level : levels) {
      for (Element element : Element.values()) {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
          assertThat(attended(level, element, bad, 1, 1, 9)[0]).isNaN();
          assertThat(attended(level, element, 1, bad, 1, 9)[0]).isNaN();
          float withBadValue = attended(level, element, 1, 1, bad, 9)[0];
          assertThat(Float.isFinite(withBadValue)).isFalse();
        }
      }
    }
  }

  @Test
  void hugeScoresNeitherOverflowNorLoseTheirToken() {
    for (InstructionSet level : InstructionSet.supported()) {
      for (Element element : Element.values()) {
        float[] out = attended(level, element, 6e4f, 6e4f, 3, 9);
        assertThat(out[0]).isCloseTo(3, within(0.02f));
      }
    }
  }

  /** One query over tokens of which only one has a key and a value that are not 0. */
  private static float[] attended(
      InstructionSet level, Element element, float query, float key, float value, int token) {
    KvLayout layout = new KvLayout(element, 40, 32);
    try (AttentionKernels kernels = new AttentionKernels(layout, level);
        TileAttention tile = new TileAttention(kernels);
        Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(layout.bytes(), 64);
      layout.putKey(block, 0, token, filled(40, key), 0);
      layout.putValue(block, 0, token, filled(32, value), 0);
      tile.start(1);
      tile.query(0, filled(40, query), 0, 1);
      tile.addMasked(block.address(), new int[] {3}, new int[] {20});
      float[] out = new float[32];
      tile.finish(0, out, 0);
      return out;
    }
  }

  private static float[] filled(int length, float value) {
    float[] values = new float[length];
    Arrays.fill(values, value);
    return values;
  }

  @Test
  void bytesAreOffByAtMostHalfTheirScale() {
    KvLayout layout = new KvLayout(Element.Q8_0, 70, 70);
    SplittableRandom random = new SplittableRandom(SEED);
    float[] values = new float[70];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(layout.bytes(), 64);
      for (float spread : new float[] {0, 1e-42f, 1e-20f, 1, 1e30f}) {
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextGaussian() * spread;
        }
        layout.putValue(block, 0, 5, values, 0);
        for (int i = 0; i < values.length; i++) {
          long at = layout.valuesOffset() + 5L * layout.valueStride() + i;
          long scaleAt = layout.valueScalesOffset() + 5L * layout.valueScaleStride() + i / 32 * 4L;
          float scale = block.get(ValueLayout.JAVA_FLOAT, scaleAt);
          assertThat(block.get(ValueLayout.JAVA_BYTE, at) * scale)
              .isCloseTo(values[i], within(0.5001f * scale + 1e-36f));
        }
      }
    }
  }

  private static void agrees(
      KvLayout layout, float softCap, InstructionSet level, SplittableRandom random) {
    try (AttentionKernels kernels = new AttentionKernels(layout, softCap, level);
        TileAttention tile = new TileAttention(kernels);
        Arena arena = Arena.ofConfined()) {
      for (int queries = 1; queries <= kernels.maxQueries(); queries++) {
        int blocks = random.nextInt(1, 5);
        new Case(layout, softCap, queries, blocks, random, arena).check(tile);
        DifferentialTable.agreed("attention", layout.element(), level);
      }
      new Case(layout, softCap, 1, 70, random, arena).check(tile);
      DifferentialTable.agreed("attention", layout.element(), level);
    }
  }

  /** Random queries that see random ranges of random keys and values. */
  private static final class Case {
    private final KvLayout layout;
    private final float softCap;
    private final int queries;
    private final float[][] query;
    private final float[][] key;
    private final float[][] value;
    private final long[] addresses;
    private final int[] first;
    private final int[] end;

    Case(
        KvLayout layout,
        float softCap,
        int queries,
        int blocks,
        SplittableRandom random,
        Arena arena) {
      this.layout = layout;
      this.softCap = softCap;
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
        int most = random.nextInt(4) == 0 ? Math.min(tokens, first[q] + 9) : tokens;
        end[q] = random.nextInt(first[q], most) + 1;
      }
    }

    /** Stores a token, and keeps what is left of its numbers. */
    private void put(MemorySegment block, int slot, int token) {
      layout.putKey(block, 0, slot, key[token], 0);
      layout.putValue(block, 0, slot, value[token], 0);
      for (int d = 0; d < layout.keyLength(); d++) {
        int scaleAt = layout.keyScalesOffset() + 4 * (d / 32 * KvLayout.BLOCK_TOKENS + slot);
        key[token][d] = stored(block, 0, d * KvLayout.BLOCK_TOKENS + slot, scaleAt);
      }
      for (int d = 0; d < layout.valueLength(); d++) {
        int scaleAt = layout.valueScalesOffset() + slot * layout.valueScaleStride() + d / 32 * 4;
        int index = slot * layout.paddedValues() + d;
        value[token][d] = stored(block, layout.valuesOffset(), index, scaleAt);
      }
    }

    private float stored(MemorySegment block, int from, int index, int scaleAt) {
      return switch (layout.element()) {
        case F32 -> block.get(ValueLayout.JAVA_FLOAT, from + 4L * index);
        case F16 -> Float.float16ToFloat(block.get(ValueLayout.JAVA_SHORT, from + 2L * index));
        case Q8_0 ->
            block.get(ValueLayout.JAVA_BYTE, from + index)
                * block.get(ValueLayout.JAVA_FLOAT, scaleAt);
      };
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
      double scaled = score * scale;
      return Float.isInfinite(softCap) ? scaled : softCap * Math.tanh(scaled / softCap);
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
