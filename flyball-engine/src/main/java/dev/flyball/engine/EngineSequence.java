package dev.flyball.engine;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.StepOutput;
import dev.flyball.engine.schedule.ScheduledSequence;
import dev.flyball.units.TokenIds;
import java.time.Duration;
import java.util.Optional;

/**
 * A request on its way through the engine. Made by the caller's thread, then used by the engine's
 * thread only, but for the wish to cancel.
 */
abstract sealed class EngineSequence implements ScheduledSequence
    permits GenerationSequence, EmbeddingSequence {
  private final TokenIds prompt;
  private final int maxTokens;
  private final KvCache cache;
  private final long submittedNanos;
  private Optional<KvSequence> memory = Optional.empty();
  private int computedPrompt;
  private int cachedPrompt;
  private boolean started;
  private int prefillSteps;
  private int decodeSteps;
  private long computeNanos;
  private volatile boolean cancelled;

  /**
   * @param maxTokens tokens that are computed at most, prompt and output together
   */
  EngineSequence(TokenIds prompt, int maxTokens, KvCache cache, long submittedNanos) {
    this.prompt = prompt;
    this.maxTokens = maxTokens;
    this.cache = cache;
    this.submittedNanos = submittedNanos;
  }

  /**
   * Takes the rows that it asked for in a step.
   *
   * @param firstRow the first of its rows
   * @return how it ended, if it did
   * @throws RuntimeException where it cannot go on: the request fails with it, not the engine
   */
  abstract Optional<Ending> accept(StepOutput output, int firstRow, long nowNanos);

  /** Tells the caller, once and last. */
  abstract void report(Ending ending, long nowNanos);

  /** What a step computes for the prompt's token at an index. */
  abstract RowOutput outputOf(int promptIndex);

  /** Called before its first step. */
  abstract void started(long nowNanos);

  /** An empty place in the cache, or one with what is cached of its prompt. */
  abstract KvSequence open(KvCache ofEngine);

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
    prefillSteps++;
    int rows = 0;
    for (int i = 0; i < tokens; i++) {
      RowOutput output = outputOf(computedPrompt);
      batch.add(memory.orElseThrow(), prompt.get(computedPrompt++), output);
      rows += output == RowOutput.NONE ? 0 : 1;
    }
    return rows;
  }

  /** Books its share of the time of a step that it took part in. */
  void charge(long shareNanos) {
    computeNanos += shareNanos;
  }

  /** Counts a step that computes output. */
  void countDecodeStep() {
    decodeSteps++;
  }

  StepTrace trace() {
    return new StepTrace(prefillSteps, decodeSteps, 0, 0, 0, Duration.ofNanos(computeNanos));
  }

  @Override
  public int pendingTokens() {
    return prompt.size() - computedPrompt;
  }

  @Override
  public boolean decoding() {
    return false;
  }

  @Override
  public boolean tryReserve() {
    KvSequence sequence = memory.orElseGet(() -> open(cache));
    memory = Optional.of(sequence);
    adopt();
    return sequence.tryGrow(maxTokens - sequence.length());
  }

  /** Leaves out what others have computed of its prompt by now. */
  void adopt() {
    if (promptComputed()) {
      return;
    }
    memory.ifPresent(
        sequence -> {
          sequence.adopt();
          cachedPrompt += sequence.length() - computedPrompt;
          computedPrompt = sequence.length();
        });
  }

  /**
   * Gives its memory back.
   *
   * @param trusted whether all its steps succeeded, so that others may use what it computed
   */
  void release(boolean trusted) {
    memory.ifPresent(trusted ? KvSequence::close : KvSequence::discard);
    memory = Optional.empty();
  }

  TokenIds prompt() {
    return prompt;
  }

  Optional<KvSequence> memory() {
    return memory;
  }

  long submittedNanos() {
    return submittedNanos;
  }

  boolean hasStarted() {
    return started;
  }

  /** Tokens of the prompt that were not computed for it, but found. */
  int cachedPrompt() {
    return cachedPrompt;
  }

  boolean promptComputed() {
    return computedPrompt == prompt.size();
  }

  void markCancelled() {
    cancelled = true;
  }

  boolean cancelled() {
    return cancelled;
  }
}
