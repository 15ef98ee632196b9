package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.SharedFolder;
import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each guess of a tree has the row that it would have in line: bit for bit on the plain path. So
 * has what follows the guesses that are kept.
 */
class TreeOfGuessesTest {
  private static final Path ROOT = SharedFolder.repositoryRoot();
  private static final Path GOLDEN =
      ROOT.resolve("flyball-engine/src/test/resources/golden/logits");
  private static final Path DEMO = ROOT.resolve("models/fable-5m-q8_0.gguf");

  /** One by which rounding does not choose another expert for what follows the guesses kept. */
  private static final long SEED = 20_261_122;

  private static final int ROUNDS = 4;
  private static final int MOST_GUESSES = 14;

  /** Relative to the largest logit: a prompt's products are summed in another order. */
  private static final double ROUNDING = 1e-4;

  /** Likewise on the generated path: the products of a batch are. */
  private static final double FAST_TOLERANCE = 0.05;

  /** So many guesses of a tree: rounding can choose another expert. */
  private static final int LEAST_NEAR = 11;

  @ParameterizedTest
  @ValueSource(strings = {"gpt-oss-q8_0", "gemma4-q8_0", "deepseek2-q8_0"})
  void windowsSinksAndCompressedKeysSeeWhatAGuessContinues(String name) {
    List<GoldenModel> models =
        GoldenModel.list(GOLDEN).stream().filter(m -> m.name().equals(name)).toList();
    Assumptions.assumeFalse(models.isEmpty() && GoldenModel.isFiltered(), "filtered");
    check(models.getFirst().file(), new ModelOptions(2, 64, Precision.EXACT), 0);
    checkFast(models.getFirst().file(), CacheType.AUTOMATIC);
  }

  @Test
  void everyStorageOfTheCacheMovesWhatIsKept() {
    check(DEMO, new ModelOptions(2, 64, Precision.EXACT), 0);
    for (CacheType type : CacheType.values()) {
      checkFast(DEMO, type);
    }
  }

  private static void checkFast(Path file, CacheType type) {
    ModelOptions options = new ModelOptions(2, 64, Precision.FAST).withCacheType(type);
    if (options.level().isPresent()) {
      check(file, options, FAST_TOLERANCE);
    }
  }

  private static void check(Path file, ModelOptions options, double tolerance) {
    Random random = new Random(SEED);
    try (LanguageModel model = ModelFamilies.load(GgufFile.open(file), options);
        KvCache cache = model.newCache(2048)) {
      for (int round = 0; round < ROUNDS; round++) {
        int[] prompt = random.ints(20 + 23 * round, 0, 900).toArray();
        checkTree(model, cache, random, prompt, tolerance);
        cache.checkIntegrity();
      }
    }
  }

  private static void checkTree(
      LanguageModel model, KvCache cache, Random random, int[] prompt, double tolerance) {
    Tree tree = new Tree(random);
    int[] path = tree.path(random.nextInt(MOST_GUESSES));
    int[] kept = followed(prompt, tree, path);
    try (KvSequence sequence = cache.open(TokenIds.of(prompt));
        KvSequence alone = cache.openUnshared()) {
      feed(model, sequence, Arrays.copyOf(prompt, prompt.length - 1));
      feed(model, alone, Arrays.copyOf(prompt, prompt.length - 1));
      List<float[]> rows = feed(model, sequence, prompt[prompt.length - 1], tree);
      assertSame(rows.getFirst(), inLine(model, alone, prompt, prompt.length), tolerance);
      int near = 0;
      for (int guess = 0; guess < MOST_GUESSES; guess++) {
        int[] line = followed(prompt, tree, tree.path(guess));
        float[] expected = inLine(model, alone, line, prompt.length);
        near += distance(rows.get(guess + 1), expected) <= tolerance ? 1 : 0;
      }
      assertThat(near).isGreaterThanOrEqualTo(tolerance == 0 ? MOST_GUESSES : LEAST_NEAR);
      sequence.keepPath(path, path.length);
      assertThat(sequence.length()).isEqualTo(kept.length);
      int[] more = Arrays.copyOf(kept, kept.length + 1);
      assertSame(feed(model, sequence, 0), inLine(model, alone, more, prompt.length), tolerance);
      checkFound(model, cache, kept, inLine(model, alone, kept, prompt.length), tolerance);
    }
  }

  /** What others find of the kept guesses is what they would have computed, but for rounding. */
  private static void checkFound(
      LanguageModel model, KvCache cache, int[] kept, float[] expected, double tolerance) {
    try (KvSequence sequence = cache.open(TokenIds.of(kept))) {
      assertThat(sequence.length()).isEqualTo((kept.length - 1) / 32 * 32);
      int[] rest = Arrays.copyOfRange(kept, sequence.length(), kept.length);
      assertSame(feed(model, sequence, rest), expected, Math.max(tolerance, ROUNDING));
    }
  }

  private static int[] followed(int[] prompt, Tree tree, int[] path) {
    int[] line = Arrays.copyOf(prompt, prompt.length + path.length);
    for (int i = 0; i < path.length; i++) {
      line[prompt.length + i] = tree.tokens[path[i]];
    }
    return line;
  }

  /**
   * The row behind the last of some tokens, of which those from the prompt's last on come alone.
   */
  private static float[] inLine(LanguageModel model, KvSequence alone, int[] ids, int prompt) {
    alone.truncate(prompt - 1);
    float[] last = {};
    for (int i = prompt - 1; i < ids.length; i++) {
      last = feed(model, alone, ids[i]);
    }
    return last;
  }

  private static float[] feed(LanguageModel model, KvSequence sequence, int... ids) {
    float[] last = {};
    for (int from = 0; from < ids.length; from += model.maxBatchTokens()) {
      int count = Math.min(model.maxBatchTokens(), ids.length - from);
      assertThat(sequence.tryGrow(count)).isTrue();
      Batch batch = new Batch(model.maxBatchTokens());
      for (int i = from; i < from + count; i++) {
        batch.add(sequence, ids[i], i == from + count - 1 ? RowOutput.LOGITS : RowOutput.NONE);
      }
      last = rows(model.forward(batch)).getFirst();
      batch.computed();
    }
    return last;
  }

  /** The rows behind a token and behind each guess. */
  private static List<float[]> feed(
      LanguageModel model, KvSequence sequence, int token, Tree tree) {
    assertThat(sequence.tryGrow(1 + MOST_GUESSES)).isTrue();
    Batch batch = new Batch(model.maxBatchTokens());
    batch.add(sequence, token, RowOutput.LOGITS);
    sequence.branch();
    int begin = sequence.length();
    for (int i = 0; i < MOST_GUESSES; i++) {
      batch.addBranching(
          sequence, tree.tokens[i], RowOutput.LOGITS, AdapterMix.NONE, begin, tree.seen(i));
    }
    List<float[]> rows = rows(model.forward(batch));
    batch.computed();
    return rows;
  }

  private static List<float[]> rows(StepOutput output) {
    List<float[]> rows = new ArrayList<>();
    for (int row = 0; row < output.rows(); row++) {
      int offset = output.offset(row);
      rows.add(Arrays.copyOfRange(output.values(row), offset, offset + output.length(row)));
    }
    return rows;
  }

  /** The largest difference, relative to the largest logit. */
  private static double distance(float[] actual, float[] expected) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs((double) actual[i] - expected[i]));
    }
    return difference / largest;
  }

  private static void assertSame(float[] actual, float[] expected, double tolerance) {
    assertThat(distance(actual, expected)).isLessThanOrEqualTo(tolerance);
  }

  /** Guesses, each behind another one before it or the last known token. */
  private static final class Tree {
    private final int[] tokens;
    private final int[] behind = new int[MOST_GUESSES];

    Tree(Random random) {
      tokens = random.ints(MOST_GUESSES, 0, 900).toArray();
      for (int i = 0; i < MOST_GUESSES; i++) {
        behind[i] = i > 0 && random.nextInt(3) == 0 ? random.nextInt(-1, i) : i - 1;
      }
    }

    int[] path(int guess) {
      int[] path = {};
      for (int i = guess; i >= 0; i = behind[i]) {
        int[] longer = new int[path.length + 1];
        System.arraycopy(path, 0, longer, 1, path.length);
        longer[0] = i;
        path = longer;
      }
      return path;
    }

    int seen(int guess) {
      return Arrays.stream(path(guess)).reduce(0, (bits, i) -> bits | 1 << i);
    }
  }
}
