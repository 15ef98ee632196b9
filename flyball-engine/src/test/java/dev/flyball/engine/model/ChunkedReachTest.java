package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Llama 4 beyond its first chunk. A model whose layers are all chunked knows nothing of the chunk
 * before, and positions are relative: so a text's second chunk is answered as if it were the first.
 */
class ChunkedReachTest {
  private static final int CHUNK = 8192;
  private static final int BEHIND = 45;
  private static final long SEED = 20_261_121;

  @TempDir private Path folder;

  @Test
  void aTokenSeesItsOwnChunkOnly() {
    Reach reach = new Reach.Chunk(5);
    assertThat(reach.firstVisible(0)).isZero();
    assertThat(reach.firstVisible(4)).isZero();
    assertThat(reach.firstVisible(5)).isEqualTo(5);
    assertThat(reach.firstVisible(9)).isEqualTo(5);
    assertThat(reach.firstVisible(10)).isEqualTo(10);
  }

  @Test
  void theSecondChunkIsAnsweredAsIfItWereTheFirst() {
    Path file = model();
    int[] ids = new Random(SEED).ints(CHUNK + BEHIND, 0, SlowModel.VOCABULARY).toArray();
    int[] behind = Arrays.copyOfRange(ids, CHUNK, ids.length);
    int[] across = Arrays.copyOfRange(ids, CHUNK - BEHIND, ids.length);
    for (CacheType type : new CacheType[] {CacheType.F32, CacheType.Q8_0}) {
      ModelOptions options = new ModelOptions(2, 500, Precision.FAST).withCacheType(type);
      try (LogitProbe probe = LogitProbe.open(file, options)) {
        float[] expected = probe.logits(TokenIds.of(behind));
        assertClose(probe.logits(TokenIds.of(ids)), expected, type == CacheType.F32 ? 1e-3 : 0.02);
        float[] unchunked = probe.logits(TokenIds.of(across));
        assertThat(distance(unchunked, expected)).as("what is before counts").isGreaterThan(0.1);
      }
    }
  }

  /** Three layers: the fourth would see everything. */
  private Path model() {
    SlowModel slow = new SlowModel(SEED);
    double[][] x = slow.embed(new int[] {0});
    for (int i = 0; i < 3; i++) {
      String prefix = "blk." + i + ".";
      int keys = SlowModel.KV_HEADS * SlowModel.HEAD;
      double[][] normed = slow.rms(prefix + "attn_norm", x);
      double[][] q = slow.linear(prefix + "attn_q", normed, SlowModel.HEADS * SlowModel.HEAD);
      slow.linear(prefix + "attn_k", normed, keys);
      slow.linear(prefix + "attn_v", normed, keys);
      slow.linear(prefix + "attn_output", q, SlowModel.COLUMNS);
      slow.swiGlu(prefix, slow.rms(prefix + "ffn_norm", x));
    }
    slow.logits(slow.rms("output_norm", x));
    Map<String, Object> keys =
        new HashMap<>(
            FamilyCheck.keys(
                Map.of("block_count", 3, "context_length", 16_384, "expert_count", 16)));
    keys.put("attention.sliding_window", CHUNK);
    keys.put("expert_used_count", 1);
    return new TinyModel("llama4", keys, slow.tensors()).write(folder.resolve("chunks.gguf"));
  }

  private static void assertClose(float[] actual, float[] expected, double tolerance) {
    double spread = spread(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).isCloseTo(expected[i], within(tolerance * spread));
    }
  }

  private static double spread(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum / values.length);
  }

  private static double distance(float[] actual, float[] expected) {
    float[] difference = new float[expected.length];
    for (int i = 0; i < expected.length; i++) {
      difference[i] = actual[i] - expected[i];
    }
    return spread(difference) / spread(expected);
  }
}
