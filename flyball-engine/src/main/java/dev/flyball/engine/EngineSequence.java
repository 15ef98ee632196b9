package dev.flyball.engine;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.model.AdapterMix;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.StepOutput;
import dev.flyball.engine.schedule.PreemptionMode;
import dev.flyball.engine.schedule.ScheduledSequence;
import dev.flyball.engine.schedule.ServiceNotes;
import dev.flyball.engine.speculate.Speculation;
import dev.flyball.units.TokenIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A request on its way through the engine. Made by the caller's thread, then used by the engine's
 * thread only, but for the wish to cancel.
 *
 * <p>Its known tokens are computed in order; how far that has come is the length of its memory. It
 * may lose that at any time between steps, and is then computed again from what others left of it.
 */
abstract sealed class EngineSequence implements ScheduledSequence
    permits GenerationSequence, EmbeddingSequence {
  private final TokenIds prompt;
  private final int mostTokens;
  private final KvCache cache;
  private final long submittedNanos;
  private Optional<KvSequence> memory = Optional.empty();
  private int everComputed;
  private int cachedPrompt;
  private boolean started;
  private int prefillSteps;
  private int decodeSteps;
  private long computeNanos;
  private volatile boolean cancelled;

  /**
   * @param mostTokens tokens that are computed at most, prompt and output together
   */
  EngineSequence(TokenIds prompt, int mostTokens, KvCache cache, long submittedNanos) {
    this.prompt = prompt;
    this.mostTokens = mostTokens;
    this.cache = cache;
    this.submittedNanos = submittedNanos;
  }

  /** Names the request in logs. */
  abstract String id();

  /** Number of tokens known: the prompt, and what was sampled behind it. */
  abstract int knownTokens();

  /** A known token. */
  abstract int token(int index);

  /** Number of tokens guessed behind the known ones, to be verified by the next step. */
  int guessedTokens() {
    return 0;
  }

  /** What a step computes for a known token. */
  abstract RowOutput outputOf(int index);

  /** Adds a known token to a batch. */
  void addKnown(Batch batch, KvSequence keys, int index, RowOutput output) {
    batch.add(keys, token(index), output, adapters());
  }

  /** Adds a guess to a batch. */
  void addGuess(Batch batch, KvSequence keys, int guess) {
    throw new IllegalStateException("nothing is guessed of it");
  }

  /** A place in the cache, with what is cached of its known tokens where it may share. */
  abstract KvSequence open(KvCache ofEngine);

  /** What adapts the model to it. */
  AdapterMix adapters() {
    return AdapterMix.NONE;
  }

  /** Called before its first step. */
  abstract void started(long nowNanos);

  /**
   * Takes the rows that it asked for in a step.
   *
   * @param firstRow the first of its rows
   * @return how it ended, if it did
   * @throws RuntimeException where it cannot go on: the request fails with it, not the engine
   */
  abstract Optional<Ending> accept(StepOutput output, int firstRow, long nowNanos);

  /** Tells the caller, once and last. */
  abstract void report(Ending ending, ServiceNotes notes, long nowNanos);

  /**
   * Adds its next tokens to a batch.
   *
   * @return rows asked for
   */
  int addTo(Batch batch, int tokens, long nowNanos) {
    if (!started) {
      started = true;
      started(nowNanos);
    }
    if (decoding()) {
      decodeSteps++;
    } else {
      prefillSteps++;
    }
    int rows = 0;
    int computed = computedTokens();
    int known = Math.min(computed + tokens, knownTokens());
    KvSequence keys = memory.orElseThrow();
    for (int index = computed; index < known; index++) {
      RowOutput output = outputOf(index);
      addKnown(batch, keys, index, output);
      rows += output == RowOutput.NONE ? 0 : 1;
    }
    int guesses = computed + tokens - known;
    for (int guess = 0; guess < guesses; guess++) {
      addGuess(batch, keys, guess);
    }
    everComputed = Math.max(everComputed, known);
    return rows + guesses;
  }

  /** Who it is and how long it took, for the log. */
  String summary(long nowNanos) {
    return String.format(
        Locale.ROOT,
        "request %s (tenant %s, %s): %d tokens of prompt, %d cached, %d prefill and %d decode steps,"
            + " %.0f ms",
        id(),
        terms().tenant(),
        terms().priority(),
        prompt.size(),
        cachedPrompt,
        prefillSteps,
        decodeSteps,
        (nowNanos - submittedNanos) / 1e6);
  }

  /** Books its share of the time of a step that it took part in. */
  void charge(long shareNanos) {
    computeNanos += shareNanos;
  }

  /** What it says of its guesses. */
  Optional<Speculation> guesses() {
    return Optional.empty();
  }

  /** Forgets computed tokens from an index on: they were guessed, and wrong. */
  void takeBack(int length) {
    memory.orElseThrow().truncate(length);
  }

  /** Keeps of a tree of guesses those that were right. */
  void keepPath(int[] guesses, int count) {
    memory.orElseThrow().keepPath(guesses, count);
  }

  StepTrace trace(ServiceNotes notes) {
    List<String> reasons = new ArrayList<>(notes.reasons());
    guesses().map(Speculation::reasons).ifPresent(reasons::addAll);
    return new StepTrace(
        prefillSteps,
        decodeSteps,
        notes.preemptions(),
        guesses().map(Speculation::guessedTokens).orElse(0),
        guesses().map(Speculation::rightTokens).orElse(0),
        Duration.ofNanos(computeNanos + guesses().map(Speculation::draftNanos).orElse(0L)),
        reasons);
  }

  @Override
  public final int pendingTokens() {
    return knownTokens() + guessedTokens() - computedTokens();
  }

  @Override
  public final int computedTokens() {
    return memory.map(KvSequence::length).orElse(0);
  }

  @Override
  public final int mostTokens() {
    return mostTokens;
  }

  @Override
  public final long submittedNanos() {
    return submittedNanos;
  }

  @Override
  public final int adopt() {
    int before = computedTokens();
    KvSequence sequence = memory.orElseGet(() -> open(cache));
    memory = Optional.of(sequence);
    sequence.adopt();
    int now = sequence.length();
    cachedPrompt += Math.max(0, now - Math.max(before, everComputed));
    everComputed = Math.max(everComputed, now);
    return now - before;
  }

  @Override
  public final boolean awaitsFile() {
    return memory.map(KvSequence::awaitsFile).orElse(false);
  }

  @Override
  public final boolean tryGrow(int tokens) {
    return memory.orElseThrow().tryGrow(tokens);
  }

  @Override
  public final OptionalDouble swapNanos() {
    return memory.map(KvSequence::swapNanos).orElse(OptionalDouble.empty());
  }

  @Override
  public final void release(PreemptionMode mode) {
    if (mode == PreemptionMode.RECOMPUTE) {
      memory.ifPresent(KvSequence::forgetInFile);
    }
    release(true);
  }

  /**
   * Gives its memory back.
   *
   * @param trusted whether all its steps succeeded, so that others may use what it computed
   */
  void release(boolean trusted) {
    memory.ifPresent(trusted ? KvSequence::close : KvSequence::discard);
    memory = Optional.empty();
    guesses().ifPresent(Speculation::release);
  }

  TokenIds prompt() {
    return prompt;
  }

  /** Whether any step computed some of it. */
  boolean hasStarted() {
    return started;
  }

  /** Tokens of the prompt that were not computed for it, but found. */
  int cachedPrompt() {
    return cachedPrompt;
  }

  void markCancelled() {
    cancelled = true;
  }

  boolean cancelled() {
    return cancelled;
  }
}
