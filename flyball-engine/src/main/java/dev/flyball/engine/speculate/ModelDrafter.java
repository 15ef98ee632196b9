package dev.flyball.engine.speculate;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.StepOutput;
import dev.flyball.engine.sample.Foresight;
import dev.flyball.engine.schedule.StepCost;
import dev.flyball.engine.schedule.StepTimeModel;
import dev.flyball.engine.schedule.StepWork;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Guesses by a small model with the same vocabulary (Leviathan et al., arXiv:2211.17192; Chen et
 * al., arXiv:2302.01318): a token a pass, of all sequences together. It has a cache of its own,
 * that it brings up to each text when it is first asked for it, a batch a round. Used by the
 * engine's thread only.
 */
public final class ModelDrafter implements AutoCloseable {
  /** How much faster than the model it is, before that is known: draft models are chosen so. */
  private static final int ASSUMED_RATIO = 8;

  private final LanguageModel model;
  private final KvCache cache;
  private final int contextLength;
  private final LongSupplier nanoTime;
  private final Batch batch;
  private final StepTimeModel time = new StepTimeModel();
  private boolean ran;
  private List<Job> inBatch = new ArrayList<>();
  private List<Job> next = new ArrayList<>();

  /** A text whose next token is asked for. */
  private record Job(DraftedText text, int depth, DraftMemory memory, Foresight foresight) {}

  /** What is asked for. */
  record Wish(DraftedText text, int depth) {}

  /**
   * Owns model and cache from now on.
   *
   * @param contextLength tokens that one sequence may have
   * @param nanoTime a clock that only moves forward
   */
  public ModelDrafter(
      LanguageModel model, KvCache cache, int contextLength, LongSupplier nanoTime) {
    this.model = model;
    this.cache = cache;
    this.contextLength = contextLength;
    this.nanoTime = nanoTime;
    batch = new Batch(model.maxBatchTokens());
  }

  /** How long texts may become. */
  int contextLength() {
    return contextLength;
  }

  /**
   * What a guess takes.
   *
   * @param sequences how many are guessed at the same time
   * @param stepNanos time of a step of the model itself, of which a part is assumed at first
   */
  double guessNanos(int sequences, double stepNanos) {
    if (!ran) {
      return stepNanos / ASSUMED_RATIO;
    }
    StepCost cost = time.cost();
    return cost.stepNanos() / sequences + cost.decodeNanos();
  }

  /**
   * What lines of guesses take beyond {@link #guessNanos}, which counts on all sequences to share a
   * pass.
   *
   * @param guesses of all lines together
   * @param passes guesses of the longest line
   */
  double lonelyNanos(int sequences, int guesses, int passes) {
    double shares = (double) guesses / sequences;
    return ran ? Math.max(0, passes - shares) * time.cost().stepNanos() : 0;
  }

  /**
   * What it takes to bring the model up to a text, beside the guesses.
   *
   * @param ofModel what steps of the model itself cost, of which a part is assumed at first
   */
  double catchUpNanos(DraftedText text, StepCost ofModel) {
    int has = text.speculation().memory().map(memory -> memory.keys().length()).orElse(0);
    double nanos = ran ? time.cost().prefillNanos() : ofModel.prefillNanos() / ASSUMED_RATIO;
    return Math.max(0, text.knownTokens() - 1 - has) * nanos;
  }

  /**
   * Guesses up to the wished number of tokens of each text, fewer where memory is short.
   *
   * @return the time that it took, in nanoseconds
   */
  long draft(List<Wish> wishes) {
    long begin = nanoTime.getAsLong();
    batch.clear();
    inBatch.clear();
    int fed = 0;
    for (Wish wish : wishes) {
      fed += feedKnown(wish, batch.capacity() - batch.size());
    }
    int behind = fed - inBatch.size();
    while (batch.size() > 0) {
      StepOutput output = forward(behind);
      behind = 0;
      feedGuesses(output);
    }
    long took = nanoTime.getAsLong() - begin;
    long share = took / Math.max(1, wishes.size());
    wishes.forEach(wish -> wish.text().speculation().charge(share));
    return took;
  }

  /** Feeds what the memory lacks of a text; its guess comes only once that is all. */
  private int feedKnown(Wish wish, int room) {
    DraftedText text = wish.text();
    Speculation speculation = text.speculation();
    DraftMemory memory = speculation.memory().orElseGet(() -> open(text));
    memory.agreeWith(text);
    KvSequence keys = memory.keys();
    int lacking = text.knownTokens() - keys.length();
    int tokens = Math.min(lacking, room);
    if (!keys.tryGrow(tokens + wish.depth())) {
      speculation.release();
      speculation.hinderedBy("the draft model's cache is full");
      return 0;
    }
    for (int i = 0; i < tokens; i++) {
      boolean last = i == lacking - 1;
      batch.add(keys, text.token(keys.length()), last ? RowOutput.LOGITS : RowOutput.NONE);
    }
    if (tokens == lacking) {
      inBatch.add(new Job(text, wish.depth(), memory, text.foresee()));
    }
    return tokens;
  }

  private DraftMemory open(DraftedText text) {
    int[] known = IntStream.range(0, text.knownTokens()).map(text::token).toArray();
    DraftMemory memory = new DraftMemory(cache.open(TokenIds.of(known), text.namespace()));
    text.speculation().keep(memory);
    return memory;
  }

  private StepOutput forward(int prefillTokens) {
    long begin = nanoTime.getAsLong();
    StepOutput output = model.forward(batch);
    batch.computed();
    ran = true;
    time.observe(
        new StepWork(prefillTokens, batch.size() - prefillTokens, 0, 0),
        nanoTime.getAsLong() - begin);
    return output;
  }

  /** Guesses from the rows of a pass, and feeds those guesses behind which more are wanted. */
  private void feedGuesses(StepOutput output) {
    batch.clear();
    next.clear();
    for (int row = 0; row < inBatch.size(); row++) {
      Job job = inBatch.get(row);
      OptionalInt guess = job.foresight.guess(output.values(row), output.offset(row));
      if (guess.isEmpty()) {
        continue;
      }
      Speculation speculation = job.text.speculation();
      speculation.add(guess.getAsInt());
      noteRunnerUp(job.foresight, speculation.runnersUp());
      if (speculation.lineLength() < job.depth) {
        job.memory.feeds(guess.getAsInt());
        batch.add(job.memory.keys(), guess.getAsInt(), RowOutput.LOGITS);
        next.add(job);
      }
    }
    List<Job> done = inBatch;
    inBatch = next;
    next = done;
  }

  private static void noteRunnerUp(Foresight foresight, RunnersUp runnersUp) {
    foresight
        .runnerUp()
        .ifPresentOrElse(
            next -> runnersUp.add(next.token(), RunnersUp.kindOfModel(next.closeness())),
            runnersUp::addNone);
  }

  @Override
  public void close() {
    try {
      cache.close();
    } finally {
      model.close();
    }
  }
}
