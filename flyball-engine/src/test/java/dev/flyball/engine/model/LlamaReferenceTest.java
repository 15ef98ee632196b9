package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.TinyLlama.Feature;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds what has no golden file to a slow reference, over contexts of several cache blocks. */
class LlamaReferenceTest {
  private static final long SEED = 20_261_123;
  private static final int TOKENS = 150;

  @TempDir private Path folder;

  @Test
  void slidingWindowHidesTokensAsFarAwayAsTheWindow() {
    for (int window : new int[] {1, 2, 31, 32, 33, 100}) {
      check(Map.of("attention.sliding_window", window), Set.of());
    }
  }

  @Test
  void linearScalingStretchesPositions() {
    check(Map.of("rope.scaling.type", "linear", "rope.scaling.factor", 4.0), Set.of());
    check(Map.of("rope.scaling.factor", 2.5), Set.of());
    check(Map.of("rope.scaling.type", "none", "rope.scaling.factor", 2.5), Set.of());
  }

  @Test
  void yarnKeepsFastPairsAndInterpolatesSlowOnes() {
    Map<String, Object> yarn = new HashMap<>();
    yarn.put("rope.scaling.type", "yarn");
    yarn.put("rope.scaling.factor", 8.0);
    yarn.put("rope.scaling.original_context_length", 32);
    yarn.put("attention.key_length", 32);
    check(yarn, Set.of());
    yarn.put("rope.scaling.attn_factor", 1.2);
    yarn.put("rope.scaling.yarn_beta_fast", 4.0);
    yarn.put("rope.scaling.yarn_beta_slow", 0.5);
    check(yarn, Set.of(Feature.ROPE_FREQS));
    yarn.put("rope.scaling.yarn_ext_factor", 0.5);
    check(yarn, Set.of());
  }

  @Test
  void headsMayBeRotatedInPartAndHaveValuesOfAnotherLength() {
    check(Map.of("rope.dimension_count", 4), Set.of(Feature.ROPE_FREQS));
    check(Map.of("attention.key_length", 12, "attention.value_length", 5), Set.of());
    check(Map.of("attention.head_count_kv", 1), Set.of(Feature.OWN_OUTPUT));
    check(Map.of("attention.head_count_kv", 4), Set.of(Feature.BIASES));
  }

  @Test
  void expertsMayBeInOneTensorOrInOneEach() {
    Map<String, Object> experts = Map.of("expert_count", 5, "expert_used_count", 2);
    check(experts, Set.of());
    check(experts, Set.of(Feature.SPLIT_EXPERTS));
    check(Map.of("expert_count", 3, "expert_used_count", 3), Set.of());
  }

  private void check(Map<String, Object> keys, Set<Feature> features) {
    Random random = new Random(SEED);
    TinyLlama tiny = new TinyLlama(random, keys, features);
    int[] ids = random.ints(TOKENS, 0, 50).toArray();
    double[] expected = ReferenceLlama.logits(tiny, ids);
    Path file = tiny.write(folder.resolve("tiny.gguf"));
    try (LogitProbe probe = LogitProbe.open(file, ModelOptions.threads(2))) {
      assertClose(probe.logits(TokenIds.of(ids)), expected, keys + " whole");
      assertClose(probe.logits(TokenIds.of(ids), 1), expected, keys + " token by token");
    }
  }

  private static void assertClose(float[] actual, double[] expected, String what) {
    double spread = Math.sqrt(Arrays.stream(expected).map(v -> v * v).average().orElseThrow());
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i])).as(what).isLessThan(1e-4 * spread);
    }
  }

  @Test
  void sequencesDoNotDisturbEachOtherHoweverTheyAreMixed() {
    long seed = System.nanoTime();
    System.out.println("LlamaReferenceTest seed " + seed);
    Random random = new Random(seed);
    TinyLlama tiny =
        new TinyLlama(random, Map.of("attention.sliding_window", 40), Set.of(Feature.BIASES));
    List<int[]> texts =
        IntStream.range(0, 12)
            .mapToObj(_ -> random.ints(1 + random.nextInt(90), 0, 50).toArray())
            .toList();
    Path file = tiny.write(folder.resolve("mixed.gguf"));
    try (LanguageModel model = ModelFamilies.load(GgufFile.open(file), new ModelOptions(2, 64))) {
      new MixedRun(random, model, texts).run(tiny);
    }
  }

  /** Feeds texts in random pieces, some at a time, and compares the rows at their ends. */
  private static final class MixedRun {
    private final Random random;
    private final LanguageModel model;
    private final List<int[]> waiting;
    private final List<int[]> running = new ArrayList<>();
    private final List<KvSequence> sequences = new ArrayList<>();
    private final Batch batch;

    MixedRun(Random random, LanguageModel model, List<int[]> texts) {
      this.random = random;
      this.model = model;
      this.waiting = new ArrayList<>(texts);
      this.batch = new Batch(model.maxBatchTokens());
    }

    void run(TinyLlama tiny) {
      try (KvCache cache = model.newCache(300)) {
        while (!waiting.isEmpty() || !running.isEmpty()) {
          startWhatFits(cache);
          List<Integer> ended = fillBatch();
          if (batch.size() == 0) {
            continue;
          }
          StepOutput output = model.forward(batch);
          assertThat(output.rows()).isEqualTo(ended.size());
          for (int row = 0; row < output.rows(); row++) {
            compare(output, row, tiny, running.get(ended.get(row)));
          }
          endSequences(ended);
          cache.checkIntegrity();
        }
      }
    }

    private void startWhatFits(KvCache cache) {
      while (!waiting.isEmpty()) {
        var sequence = cache.tryReserve(waiting.getFirst().length);
        if (sequence.isEmpty()) {
          return;
        }
        sequences.add(sequence.get());
        running.add(waiting.removeFirst());
      }
    }

    private List<Integer> fillBatch() {
      batch.clear();
      List<Integer> ended = new ArrayList<>();
      for (int i = 0; i < running.size(); i++) {
        int[] text = running.get(i);
        int free = batch.capacity() - batch.size();
        int left = text.length - sequences.get(i).length();
        int count = Math.min(Math.min(free, left), random.nextInt(30));
        for (int k = 0; k < count; k++) {
          int position = sequences.get(i).length();
          boolean last = position == text.length - 1;
          batch.add(sequences.get(i), text[position], last ? RowOutput.LOGITS : RowOutput.NONE);
          if (last) {
            ended.add(i);
          }
        }
      }
      return ended;
    }

    private static void compare(StepOutput output, int row, TinyLlama tiny, int[] text) {
      int offset = output.offset(row);
      float[] actual = Arrays.copyOfRange(output.values(row), offset, offset + output.length(row));
      assertClose(actual, ReferenceLlama.logits(tiny, text), text.length + " tokens, mixed");
    }

    private void endSequences(List<Integer> ended) {
      for (int i : ended.reversed()) {
        sequences.remove(i).close();
        running.remove(i);
      }
    }
  }
}
