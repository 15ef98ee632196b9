package dev.flyball.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.kernels.BlockDecoder;
import dev.flyball.kernels.DifferentialTable;
import dev.flyball.kernels.EveryLevel;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.quantize.BlockEncoder;
import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
  private static final float UNTOUCHED = 12345;
  private static final int[] KEY_LENGTHS = {1, 16, 64, 100, 33};
  private static final int[] VALUE_LENGTHS = {3, 32, 64, 128, 80};

  /** How keys and values are stored. */
  private record Stored(KvElement keys, KvElement values) {
    KvLayout layout(int keyLength, int valueLength) {
      return new KvLayout(keys, values, keyLength, valueLength);
    }

    @Override
    public String toString() {
      return keys == values ? keys.name() : keys + "/" + values;
    }
  }

  private static final List<Stored> STORED =
      List.of(
          new Stored(KvElement.F32, KvElement.F32),
          new Stored(KvElement.F16, KvElement.F16),
          new Stored(KvElement.Q8_0, KvElement.Q8_0),
          new Stored(KvElement.Q8_0, KvElement.Q4_0),
          new Stored(KvElement.Q4_0, KvElement.Q4_0),
          new Stored(KvElement.Q4_0, KvElement.F16));

  @TestFactory
  List<DynamicTest> attentionAgreesWithItsPlainTwin() {
    return EveryLevel.of(
        STORED,
        (stored, level) -> {
          SplittableRandom random = new SplittableRandom(SEED);
          for (int i = 0; i < KEY_LENGTHS.length; i++) {
            agrees(
                stored.layout(KEY_LENGTHS[i], VALUE_LENGTHS[i]),
                Float.POSITIVE_INFINITY,
                level,
                random);
          }
        });
  }

  @Test
  void cappedScoresAgreeWithTheirPlainTwin() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (InstructionSet level : InstructionSet.supported()) {
      for (float cap : new float[] {0.5f, 5, 50}) {
        agrees(new KvLayout(KvElement.F32, 64, 32), cap, level, random);
      }
    }
  }

  @Test
  void whatIsNotANumberOrInfiniteStaysVisible() {
    List<InstructionSet> levels = InstructionSet.supported();
    Assumptions.assumeFalse(levels.isEmpty(), "this machine runs no generated code");
    for (InstructionSet level : levels) {
      for (KvElement element : KvElement.values()) {
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
      for (KvElement element : KvElement.values()) {
        float[] out = attended(level, element, 6e4f, 6e4f, 3, 9);
        assertThat(out[0]).isCloseTo(3, within(0.02f));
      }
    }
  }

  /** One query over tokens of which only one has a key and a value that are not 0. */
  private static float[] attended(
      InstructionSet level, KvElement element, float query, float key, float value, int token) {
    KvLayout layout = new KvLayout(element, 40, 32);
    try (AttentionKernels kernels = new AttentionKernels(layout, level);
        TileAttention tile = new TileAttention(kernels);
        Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(layout.bytes(), 64);
      layout.putKey(block, 0, token, filled(40, key), 0);
      layout.putValue(block, 0, token, filled(32, value), 0);
      float[] out = new float[32];
      tile.start(filled(40, query), new int[1], 1, 1, out, 0);
      tile.addMasked(new long[] {block.address(), 0}, 0, new int[] {0xFFFF8});
      tile.finish(out);
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
    KvLayout layout = new KvLayout(KvElement.Q8_0, 70, 70);
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
          float scale = block.get(ValueLayout.JAVA_FLOAT, layout.valueScaleOffset(5, i / 32));
          assertThat(block.get(ValueLayout.JAVA_BYTE, at) * scale)
              .isCloseTo(values[i], within(0.5001f * scale + 1e-36f));
        }
      }
    }
  }

  @Test
  void fourBitsAreThoseOfTheTypeInModelFiles() {
    KvLayout layout = new KvLayout(KvElement.Q4_0, 64, 64);
    SplittableRandom random = new SplittableRandom(SEED);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = arena.allocate(layout.bytes(), 64);
      for (int slot = 0; slot < KvLayout.BLOCK_TOKENS; slot++) {
        float[] numbers = new float[64];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] = (float) random.nextGaussian() * (slot - 9);
        }
        byte[] encoded = new byte[36];
        BlockEncoder.encode(TensorType.Q4_0, numbers, 0, encoded, 0, 64);
        float[] decoded = new float[64];
        BlockDecoder.decode(TensorType.Q4_0, encoded, 0, decoded, 0, 64);
        layout.putKey(block, 0, slot, numbers, 0);
        layout.putValue(block, 0, slot, numbers, 0);
        assertThat(Case.storedKey(layout, block, slot)).isEqualTo(decoded);
        assertThat(Case.storedValue(layout, block, slot)).isEqualTo(decoded);
      }
    }
  }

  @Test
  void aCopiedTokenIsTheSameBytesAndTouchesNoOther() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (KvElement element : KvElement.values()) {
      KvLayout layout = new KvLayout(element, 70, 50);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment copied = arena.allocate(2L * layout.bytes(), 64);
        MemorySegment written = arena.allocate(2L * layout.bytes(), 64);
        for (int token = 0; token < KvLayout.BLOCK_TOKENS; token++) {
          float[] key = gaussians(1, 70, random)[0];
          float[] value = gaussians(1, 50, random)[0];
          for (MemorySegment block : List.of(copied, written)) {
            layout.putKey(block, layout.bytes(), token, key, 0);
            layout.putValue(block, layout.bytes(), token, value, 0);
          }
          if (token == 29) {
            layout.putKey(written, layout.bytes(), 4, key, 0);
            layout.putValue(written, layout.bytes(), 4, value, 0);
          }
        }
        layout.copyToken(copied, 29, copied, 4, layout.bytes());
        assertThat(copied.mismatch(written)).isEqualTo(-1);
      }
    }
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

  private static float half(MemorySegment block, long at) {
    return Float.float16ToFloat(block.get(ValueLayout.JAVA_SHORT, at));
  }

  private static void agrees(
      KvLayout layout, float softCap, InstructionSet level, SplittableRandom random) {
    try (AttentionKernels kernels = new AttentionKernels(layout, softCap, level);
        TileAttention tile = new TileAttention(kernels);
        Arena arena = Arena.ofConfined()) {
      for (int queries = 1; queries <= kernels.maxQueries(); queries++) {
        int blocks = random.nextInt(1, 5);
        new Case(layout, softCap, queries, blocks, random, arena).check(tile);
        DifferentialTable.agreed("attention", new Stored(layout.keys(), layout.values()), level);
      }
      new Case(layout, softCap, 1, 70, random, arena).check(tile);
      DifferentialTable.agreed("attention", new Stored(layout.keys(), layout.values()), level);
    }
  }

  /** Random queries that see random ranges, or some of them, of random keys and values. */
  private static final class Case {
    private final KvLayout layout;
    private final float softCap;
    private final int queries;
    private final float[][] query;

    /** Which row of an array each query is, and its values; one row is nobody's. */
    private final int[] rows;

    private final float[][] key;
    private final float[][] value;
    private final long[] addresses;
    private final int[] first;
    private final int[] end;
    private final boolean[][] hidden;

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
      rows = new int[queries];
      for (int q = 0; q < queries; q++) {
        rows[q] = (q + 2) % (queries + 1);
      }
      key = gaussians(tokens, layout.keyLength(), random);
      value = gaussians(tokens, layout.valueLength(), random);
      addresses = new long[blocks + 1];
      for (int b = 0; b < blocks; b++) {
        MemorySegment block = arena.allocate(layout.bytes(), 64);
        addresses[b] = block.address();
        for (int t = 0; t < KvLayout.BLOCK_TOKENS; t++) {
          put(block, t, b * KvLayout.BLOCK_TOKENS + t);
        }
      }
      first = new int[queries];
      end = new int[queries];
      hidden = new boolean[queries][tokens];
      for (int q = 0; q < queries; q++) {
        first[q] = random.nextInt(3) == 0 ? random.nextInt(tokens) : 0;
        int most = random.nextInt(4) == 0 ? Math.min(tokens, first[q] + 9) : tokens;
        end[q] = random.nextInt(first[q], most) + 1;
        int holes = random.nextInt(3) == 0 ? random.nextInt(12) : 0;
        for (int i = 0; i < holes; i++) {
          int token = random.nextInt(tokens);
          hidden[q][token] = token != first[q];
        }
      }
    }

    /** Stores a token, and keeps what is left of its numbers. */
    private void put(MemorySegment block, int slot, int token) {
      layout.putKey(block, 0, slot, key[token], 0);
      layout.putValue(block, 0, slot, value[token], 0);
      key[token] = storedKey(layout, block, slot);
      value[token] = storedValue(layout, block, slot);
    }

    static float[] storedKey(KvLayout layout, MemorySegment block, int slot) {
      float[] key = new float[layout.keyLength()];
      for (int d = 0; d < key.length; d++) {
        int scaleAt = layout.keyScaleOffset(d / KvElement.SCALED, slot);
        key[d] = stored(layout.keys(), block, d * layout.keyStride(), slot, scaleAt);
      }
      return key;
    }

    static float[] storedValue(KvLayout layout, MemorySegment block, int slot) {
      float[] value = new float[layout.valueLength()];
      int row = layout.valuesOffset() + slot * layout.valueStride();
      for (int d = 0; d < value.length; d++) {
        int scaleAt = layout.valueScaleOffset(slot, d / KvElement.SCALED);
        value[d] = stored(layout.values(), block, row, d, scaleAt);
      }
      return value;
    }

    private static float stored(
        KvElement element, MemorySegment block, int row, int index, int scaleAt) {
      int at = row + element.offsetBytes(index);
      return switch (element) {
        case F32 -> block.get(ValueLayout.JAVA_FLOAT, at);
        case F16 -> half(block, at);
        case Q8_0 ->
            block.get(ValueLayout.JAVA_BYTE, at) * block.get(ValueLayout.JAVA_FLOAT, scaleAt);
        case Q4_0 -> {
          int shift = KvElement.isUpperNibble(index) ? 24 : 28;
          yield (block.get(ValueLayout.JAVA_BYTE, at) << shift >> 28) * half(block, scaleAt);
        }
      };
    }

    void check(TileAttention tile) {
      float scale = 1 / (float) Math.sqrt(layout.keyLength());
      int keyLength = layout.keyLength();
      float[] in = new float[(queries + 1) * keyLength];
      for (int q = 0; q < queries; q++) {
        System.arraycopy(query[q], 0, in, rows[q] * keyLength, keyLength);
      }
      int valueLength = layout.valueLength();
      float[] out = filled((queries + 1) * valueLength, UNTOUCHED);
      tile.start(in, rows, queries, scale, out, 1000);
      run(tile);
      tile.finish(out);
      for (int q = 0; q < queries; q++) {
        double[] expected = plain(q, scale);
        for (int d = 0; d < valueLength; d++) {
          assertThat((double) out[rows[q] * valueLength + d])
              .as("%s, query %d of %d, value %d", layout, q, queries, d)
              .isCloseTo(expected[d], within(2e-5));
        }
      }
      assertThat(Arrays.copyOfRange(out, valueLength, 2 * valueLength)).containsOnly(UNTOUCHED);
    }

    private void run(TileAttention tile) {
      for (int b = 0; b < addresses.length - 1; b++) {
        int from = b * KvLayout.BLOCK_TOKENS;
        int[] visible = new int[queries];
        boolean whole = true;
        for (int q = 0; q < queries; q++) {
          for (int t = 0; t < KvLayout.BLOCK_TOKENS; t++) {
            visible[q] |= sees(q, from + t) ? 1 << t : 0;
          }
          whole &= visible[q] == -1;
        }
        if (whole) {
          tile.addBlocks(addresses, b, 1);
        } else {
          tile.addMasked(addresses, b, visible);
        }
      }
    }

    private boolean sees(int q, int token) {
      return token >= first[q] && token < end[q] && !hidden[q][token];
    }

    private double[] plain(int q, float scale) {
      double[] out = new double[layout.valueLength()];
      double max = Double.NEGATIVE_INFINITY;
      for (int t = first[q]; t < end[q]; t++) {
        max = sees(q, t) ? Math.max(max, score(q, t, scale)) : max;
      }
      double sum = 0;
      for (int t = first[q]; t < end[q]; t++) {
        double weight = sees(q, t) ? Math.exp(score(q, t, scale) - max) : 0;
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
  }
}
