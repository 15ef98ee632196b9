package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.TinyLlama.Feature;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds what has no golden file to a slow reference, over contexts of several cache blocks: in
 * plain Java and by generated code for every instruction set that this machine has.
 */
class LlamaReferenceTest {
  private static final long SEED = 20_261_123;
  private static final int TOKENS = 150;
  private static final double EXACT = 1e-4;

  /** Keys of a model with one key and value head, over contexts of dozens of cache blocks. */
  private static final Map<String, Object> LONG =
      Map.of(
          "context_length", 1024,
          "attention.head_count_kv", 1,
          "attention.key_length", 40,
          "attention.value_length", 40);

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
    for (ModelOptions options : arithmetics(64)) {
      String what = keys + " " + options;
      try (LogitProbe probe = LogitProbe.open(file, options)) {
        assertClose(probe.logits(TokenIds.of(ids)), expected, EXACT, what + " whole");
        assertClose(probe.logits(TokenIds.of(ids), 1), expected, EXACT, what + " one by one");
      }
    }
  }

  private static List<ModelOptions> arithmetics(int maxBatchTokens) {
    List<ModelOptions> all = new ArrayList<>();
    all.add(new ModelOptions(2, maxBatchTokens));
    InstructionSet.supported().forEach(level -> all.add(fast(2, maxBatchTokens, level)));
    return all;
  }

  private static ModelOptions fast(int threads, int maxBatchTokens, InstructionSet level) {
    return new ModelOptions(threads, maxBatchTokens, Precision.FAST, Optional.of(level));
  }

  /**
   * @param tolerance of logits, in units of their root mean square
   */
  private static void assertClose(
      float[] actual, double[] expected, double tolerance, String what) {
    double spread = Math.sqrt(Arrays.stream(expected).map(v -> v * v).average().orElseThrow());
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i])).as(what).isLessThan(tolerance * spread);
    }
  }

  /**
   * A number on the border of two codes may be rounded either way, which moves a logit a little.
   */
  @Test
  void cachesOfEveryTypeGiveWhatTheirRoundedNumbersGive() {
    Random random = new Random(SEED);
    TinyLlama tiny = new TinyLlama(random, LONG, Set.of());
    int[] ids = random.ints(700, 0, 50).toArray();
    Path file = tiny.write(folder.resolve("long.gguf"));
    Map<CacheType, Double> tolerances =
        Map.of(
            CacheType.F32,
            EXACT,
            CacheType.F16,
            5e-4,
            CacheType.Q8_0,
            3e-3,
            CacheType.Q8_0_Q4_0,
            3e-3,
            CacheType.Q4_0,
            3e-3);
    tolerances.forEach(
        (type, tolerance) -> {
          double[] expected = ReferenceLlama.logits(tiny, ids, type);
          for (InstructionSet level : InstructionSet.supported()) {
            ModelOptions options = fast(2, 128, level).withCacheType(type);
            try (LogitProbe probe = LogitProbe.open(file, options)) {
              assertClose(probe.logits(TokenIds.of(ids)), expected, tolerance, options.toString());
            }
          }
        });
  }

  @Test
  void oneLongSequenceIsSharedOutInPartsOfItsContext() {
    Random random = new Random(SEED);
    TinyLlama tiny = new TinyLlama(random, LONG, Set.of());
    int[] ids = random.ints(900, 0, 50).toArray();
    double[] expected = ReferenceLlama.logits(tiny, ids);
    Path file = tiny.write(folder.resolve("parts.gguf"));
    for (InstructionSet level : InstructionSet.supported()) {
      ModelOptions options = fast(4, 64, level);
      try (LogitProbe probe = LogitProbe.open(file, options)) {
        assertClose(probe.logits(TokenIds.of(ids), 3), expected, EXACT, options.toString());
      }
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
    for (ModelOptions options : arithmetics(64)) {
      try (LanguageModel model = ModelFamilies.load(GgufFile.open(file), options)) {
        new MixedRun(random, model, texts).run(tiny);
      }
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
      assertClose(actual, ReferenceLlama.logits(tiny, text), EXACT, text.length + " tokens, mixed");
    }

    private void endSequences(List<Integer> ended) {
      for (int i : ended.reversed()) {
        sequences.remove(i).close();
        running.remove(i);
      }
    }
  }
}
