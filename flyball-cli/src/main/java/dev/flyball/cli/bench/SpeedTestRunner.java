package dev.flyball.cli.bench;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.console.Progress;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.cache.PagedKvCache;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.LanguageModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Times a model's forward passes over random tokens. Like llama-bench, it computes logits for the
 * last token that a step has of a sequence only, and samples nothing. Not thread-safe.
 *
 * <p>Repetitions go round all tests, so that whatever else the machine does hits all of them alike.
 */
public final class SpeedTestRunner {
  private static final long TOKEN_SEED = 1;

  /**
   * How long a warm-up takes at least. The virtual machine compiles what a step calls by the number
   * of calls, that is of steps, and takes the time for it from the team's processors.
   */
  private static final Duration WARM_UP = Duration.ofSeconds(3);

  /** A prompt and single tokens that fit into the smallest cache. */
  private static final SpeedTest SHORT = new SpeedTest(16, 8, 0, 1);

  private final LanguageModel model;
  private final int repetitions;
  private final boolean warmUp;
  private final CommandContext context;
  private final Batch batch;
  private final SplittableRandom random = new SplittableRandom(TOKEN_SEED);

  /**
   * A runner.
   *
   * @param repetitions timed runs of each test
   * @param warmUp whether an untimed round goes before them, and steps until three seconds are over
   */
  public SpeedTestRunner(
      LanguageModel model, int repetitions, boolean warmUp, CommandContext context) {
    this.model = model;
    this.repetitions = repetitions;
    this.warmUp = warmUp;
    this.context = context;
    this.batch = new Batch(model.maxBatchTokens());
  }

  /**
   * Runs all tests.
   *
   * @param besideRounds called before the first round, after the last and between any two
   * @return for each test the times of its repetitions in nanoseconds
   */
  public List<long[]> run(List<SpeedTest> tests, Runnable besideRounds) {
    List<long[]> samplesNanos = tests.stream().map(_ -> new long[repetitions]).toList();
    long round = tests.stream().mapToLong(SpeedTest::tokens).sum();
    int rounds = repetitions + (warmUp ? 1 : 0);
    try (KvCache cache = model.newCache(capacity(tests));
        Progress progress =
            Progress.start(context, "bench", 0, round * rounds, Progress.Unit.STEPS)) {
      long done = warmUp ? warmUp(cache, tests, progress) : 0;
      for (int repetition = 0; repetition < repetitions; repetition++) {
        besideRounds.run();
        for (int test = 0; test < tests.size(); test++) {
          samplesNanos.get(test)[repetition] = time(cache, tests.get(test));
          done += tests.get(test).tokens();
          progress.advanceTo(done);
        }
      }
      besideRounds.run();
    }
    return samplesNanos;
  }

  /**
   * An untimed round of all tests, then short ones until enough steps were taken.
   *
   * @return tokens of the round
   */
  private long warmUp(KvCache cache, List<SpeedTest> tests, Progress progress) {
    long begin = System.nanoTime();
    long done = 0;
    for (SpeedTest test : tests) {
      time(cache, test);
      done += test.tokens();
      progress.advanceTo(done);
    }
    while (System.nanoTime() - begin < WARM_UP.toNanos()) {
      time(cache, SHORT);
    }
    return done;
  }

  /** What the largest test needs, in whole blocks for each of its sequences. */
  private static long capacity(List<SpeedTest> tests) {
    int block = PagedKvCache.BLOCK_TOKENS;
    return tests.stream()
        .mapToLong(test -> (long) test.sequences() * Math.ceilDiv(test.length(), block) * block)
        .max()
        .orElse(block);
  }

  private long time(KvCache cache, SpeedTest test) {
    List<KvSequence> sequences = new ArrayList<>();
    try {
      for (int i = 0; i < test.sequences(); i++) {
        sequences.add(reserve(cache, test.length()));
      }
      sequences.forEach(sequence -> prompt(sequence, test.depth()));
      long begin = System.nanoTime();
      sequences.forEach(sequence -> prompt(sequence, test.promptTokens()));
      for (int token = 0; token < test.generatedTokens(); token++) {
        batch.clear();
        sequences.forEach(sequence -> add(sequence, RowOutput.LOGITS));
        model.forward(batch);
      }
      return System.nanoTime() - begin;
    } finally {
      sequences.forEach(KvSequence::close);
    }
  }

  private static KvSequence reserve(KvCache cache, int tokens) {
    return cache
        .tryReserve(tokens)
        .orElseThrow(() -> new CommandFailure("the cache has no room for " + tokens + " tokens"));
  }

  private void prompt(KvSequence sequence, int tokens) {
    for (int fed = 0; fed < tokens; fed += batch.capacity()) {
      int inStep = Math.min(batch.capacity(), tokens - fed);
      batch.clear();
      for (int i = 1; i < inStep; i++) {
        add(sequence, RowOutput.NONE);
      }
      add(sequence, RowOutput.LOGITS);
      model.forward(batch);
    }
  }

  private void add(KvSequence sequence, RowOutput output) {
    batch.add(sequence, random.nextInt(model.config().vocabularySize()), output);
  }
}
