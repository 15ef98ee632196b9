package dev.flyball.cli.bench;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.console.Progress;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.LanguageModel;
import java.util.SplittableRandom;

/**
 * Times a model's forward passes over random tokens. Like llama-bench, it computes logits for the
 * last token of a step only, and samples nothing. Not thread-safe.
 */
public final class SpeedTestRunner {
  private static final long TOKEN_SEED = 1;

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
   * @param warmUp whether an untimed run goes before them
   */
  public SpeedTestRunner(
      LanguageModel model, int repetitions, boolean warmUp, CommandContext context) {
    this.model = model;
    this.repetitions = repetitions;
    this.warmUp = warmUp;
    this.context = context;
    this.batch = new Batch(model.maxBatchTokens());
  }

  /** Runs a test and gives the time of each repetition in nanoseconds. */
  public long[] run(SpeedTest test) {
    int capacity = test.depth() + test.tokens();
    int runs = repetitions + (warmUp ? 1 : 0);
    long[] samplesNanos = new long[repetitions];
    try (KvCache cache = model.newCache(capacity);
        Progress progress =
            Progress.start(
                context, test.label(), 0, (long) runs * test.tokens(), Progress.Unit.STEPS)) {
      for (int run = 0; run < runs; run++) {
        long nanos = timeOnce(cache, test, progress, (long) run * test.tokens());
        int sample = run - (runs - repetitions);
        if (sample >= 0) {
          samplesNanos[sample] = nanos;
        }
      }
    }
    return samplesNanos;
  }

  private long timeOnce(KvCache cache, SpeedTest test, Progress progress, long doneBefore) {
    try (KvSequence sequence = reserve(cache, test.depth() + test.tokens())) {
      feed(sequence, test.depth(), batch.capacity());
      long begin = System.nanoTime();
      feed(sequence, test.promptTokens(), batch.capacity());
      for (int token = 0; token < test.generatedTokens(); token++) {
        feed(sequence, 1, 1);
        progress.advanceTo(doneBefore + test.promptTokens() + token);
      }
      long nanos = System.nanoTime() - begin;
      progress.advanceTo(doneBefore + test.tokens());
      return nanos;
    }
  }

  private static KvSequence reserve(KvCache cache, int tokens) {
    return cache
        .tryReserve(tokens)
        .orElseThrow(() -> new CommandFailure("the cache has no room for " + tokens + " tokens"));
  }

  private void feed(KvSequence sequence, int tokens, int stepTokens) {
    for (int fed = 0; fed < tokens; fed += stepTokens) {
      int inStep = Math.min(stepTokens, tokens - fed);
      batch.clear();
      for (int i = 0; i < inStep; i++) {
        RowOutput output = i == inStep - 1 ? RowOutput.LOGITS : RowOutput.NONE;
        batch.add(sequence, random.nextInt(model.config().vocabularySize()), output);
      }
      model.forward(batch);
    }
  }
}
