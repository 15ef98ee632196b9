package dev.flyball.engine;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.StepOutput;
import dev.flyball.engine.sample.TokenLogprob;
import dev.flyball.engine.tokenizer.StreamingDetokenizer;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import dev.flyball.units.TokenUsage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/** A generation: prompt in, then one sampled token a step. */
final class GenerationSequence extends EngineSequence {
  private static final Logger LOG = System.getLogger(GenerationSequence.class.getName());

  private final GenerationRequest request;
  private final GenerationListener listener;
  private final int maxOutput;
  private final Tokenizer tokenizer;
  private final TextAssembler text;
  private final TokenChooser chooser;
  private int lastToken;
  private int outputTokens;
  private long firstStepNanos;
  private long firstTokenNanos;

  /**
   * @param maxOutput tokens that it may generate; the last one needs no memory
   */
  GenerationSequence(
      GenerationRequest request,
      GenerationListener listener,
      int maxOutput,
      Tokenizer tokenizer,
      TokenChooser chooser,
      KvCache cache,
      long submittedNanos) {
    super(request.prompt(), request.prompt().size() + maxOutput - 1, cache, submittedNanos);
    this.request = request;
    this.listener = listener;
    this.maxOutput = maxOutput;
    this.tokenizer = tokenizer;
    this.chooser = chooser;
    text = new TextAssembler(continuation(request, tokenizer), request.stop());
  }

  /** Decodes what follows a prompt: a space in front of it is part of the text. */
  private static StreamingDetokenizer continuation(GenerationRequest request, Tokenizer tokenizer) {
    TokenIds prompt = request.prompt();
    boolean withMarkers = !request.markers().isEmpty();
    StreamingDetokenizer detokenizer = tokenizer.streamingDetokenizer(withMarkers);
    var _ = detokenizer.accept(prompt.get(prompt.size() - 1));
    return detokenizer;
  }

  @Override
  public int pendingTokens() {
    return decoding() ? 1 : super.pendingTokens();
  }

  @Override
  public boolean decoding() {
    return promptComputed();
  }

  @Override
  void started(long nowNanos) {
    firstStepNanos = nowNanos;
  }

  @Override
  KvSequence open(KvCache ofEngine) {
    return ofEngine.open(request.prompt());
  }

  @Override
  RowOutput outputOf(int promptIndex) {
    return promptIndex == prompt().size() - 1 ? RowOutput.LOGITS : RowOutput.NONE;
  }

  @Override
  int addTo(Batch batch, int tokens, long nowNanos) {
    if (!decoding()) {
      return super.addTo(batch, tokens, nowNanos);
    }
    countDecodeStep();
    batch.add(memory().orElseThrow(), lastToken, RowOutput.LOGITS);
    return 1;
  }

  @Override
  Optional<Ending> accept(StepOutput output, int firstRow, long nowNanos) {
    if (!promptComputed()) {
      return Optional.empty();
    }
    lastToken = chooser.choose(output, firstRow);
    if (outputTokens++ == 0) {
      firstTokenNanos = nowNanos;
    }
    return acceptToken(chooser.score(output, firstRow, lastToken));
  }

  private Optional<Ending> acceptToken(Optional<TokenLogprob> score) {
    boolean endsGeneration = tokenizer.isEndOfGeneration(lastToken);
    if (endsGeneration && !request.ignoreEos()) {
      return Optional.of(finish(FinishReason.STOP));
    }
    boolean hasText =
        !endsGeneration
            && (!tokenizer.isControl(lastToken) || request.markers().contains(lastToken));
    text.accept(lastToken, hasText, score).ifPresent(this::deliver);
    if (text.stopped() || chooser.sampler().isOver()) {
      return Optional.of(finish(FinishReason.STOP));
    }
    return outputTokens < maxOutput ? Optional.empty() : Optional.of(finish(FinishReason.LENGTH));
  }

  private Ending finish(FinishReason reason) {
    text.finish().ifPresent(this::deliver);
    return new Ending.Finished(text.stopped() ? FinishReason.STOP : reason);
  }

  private void deliver(GenerationDelta delta) {
    try {
      listener.onDelta(delta);
    } catch (RuntimeException | Error e) {
      throw new EngineException(
          EngineError.INTERNAL, "request " + request.id() + ": its listener failed", e);
    }
  }

  @Override
  void report(Ending ending, long nowNanos) {
    try {
      switch (ending) {
        case Ending.Finished finished -> listener.onEnd(result(finished.reason(), nowNanos));
        case Ending.Failed failed -> listener.onFailure(failed.failure());
      }
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "request " + request.id() + ": its listener failed at the end", e);
    }
  }

  private GenerationResult result(FinishReason reason, long nowNanos) {
    long firstStep = hasStarted() ? firstStepNanos : nowNanos;
    long firstToken = outputTokens > 0 ? firstTokenNanos : nowNanos;
    return new GenerationResult(
        reason,
        new TokenUsage(prompt().size(), cachedPrompt(), outputTokens),
        Duration.ofNanos(firstStep - submittedNanos()),
        Duration.ofNanos(firstToken - firstStep),
        Duration.ofNanos(nowNanos - firstToken),
        trace());
  }
}
