package dev.flyball.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.kernels.simd.InstructionSet;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PartialAttentionTest {
  private static final KvLayout LAYOUT = new KvLayout(KvElement.F32, 24, 40);
  private static final int BLOCKS = 7;
  private static final int QUERIES = 3;
  private static final int[] ROWS = {0, 1, 2};
  private static final float SCALE = 0.4f;

  private final SplittableRandom random = new SplittableRandom(5);
  private final float[] queries = gaussians(QUERIES * LAYOUT.keyLength());

  @Test
  void partsMergeToTheWhole() {
    for (InstructionSet level : InstructionSet.supported()) {
      try (AttentionKernels kernels = new AttentionKernels(LAYOUT, level);
          TileAttention tile = new TileAttention(kernels);
          Arena arena = Arena.ofConfined()) {
        long[] blocks = randomBlocks(arena);
        float[] whole = new float[QUERIES * LAYOUT.valueLength()];
        attend(tile, blocks, 0, BLOCKS, whole);
        tile.finish(whole);
        for (int count = 1; count <= BLOCKS; count++) {
          assertThat(inParts(tile, blocks, count)).containsExactly(whole, within(2e-6f));
        }
      }
    }
  }

  @Test
  void aPartWithoutVisibleTokensAddsNothing() {
    float[] parts = {2, 3, 6, 9, -1e30f, 1e-37f, 7, 7};
    float[] out = new float[3];
    PartialAttention.merge(parts, 0, 4, 2, 2, out, 1);
    assertThat(out).containsExactly(0, 2, 3);
  }

  private float[] inParts(TileAttention tile, long[] blocks, int count) {
    int length = PartialAttention.length(LAYOUT.valueLength());
    float[] parts = new float[count * QUERIES * length];
    float[] out = new float[QUERIES * LAYOUT.valueLength()];
    for (int part = 0; part < count; part++) {
      attend(tile, blocks, BLOCKS * part / count, BLOCKS * (part + 1) / count, out);
      for (int q = 0; q < QUERIES; q++) {
        tile.finishPart(q, parts, (part * QUERIES + q) * length);
      }
    }
    for (int q = 0; q < QUERIES; q++) {
      int to = q * LAYOUT.valueLength();
      PartialAttention.merge(
          parts, q * length, QUERIES * length, count, LAYOUT.valueLength(), out, to);
    }
    return out;
  }

  private void attend(TileAttention tile, long[] blocks, int from, int end, float[] out) {
    tile.start(queries, ROWS, QUERIES, SCALE, out, 0);
    tile.addBlocks(blocks, from, end - from);
  }

  private long[] randomBlocks(Arena arena) {
    long[] addresses = new long[BLOCKS + 1];
    for (int b = 0; b < BLOCKS; b++) {
      MemorySegment block = arena.allocate(LAYOUT.bytes(), 64);
      for (int slot = 0; slot < KvLayout.BLOCK_TOKENS; slot++) {
        LAYOUT.putKey(block, 0, slot, gaussians(LAYOUT.keyLength()), 0);
        LAYOUT.putValue(block, 0, slot, gaussians(LAYOUT.valueLength()), 0);
      }
      addresses[b] = block.address();
    }
    return addresses;
  }

  private float[] gaussians(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
