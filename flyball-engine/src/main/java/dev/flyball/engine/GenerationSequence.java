package dev.flyball.engine;

import dev.flyball.engine.adapter.AdapterLease;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvNamespace;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.cache.KvStorage;
import dev.flyball.engine.cache.PagedKvCache;
import dev.flyball.engine.model.AdapterMix;
import dev.flyball.engine.model.Batch;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.EmbeddedSpan;
import dev.flyball.engine.model.StepOutput;
import dev.flyball.engine.sample.Foresight;
import dev.flyball.engine.sample.TokenLogprob;
import dev.flyball.engine.schedule.PrefixKeys;
import dev.flyball.engine.schedule.ServiceNotes;
import dev.flyball.engine.speculate.DraftedText;
import dev.flyball.engine.speculate.Speculation;
import dev.flyball.engine.tokenizer.StreamingDetokenizer;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.ServiceTerms;
import dev.flyball.units.TokenIds;
import dev.flyball.units.TokenUsage;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A generation: prompt in, then one sampled token a step, and as many more as were guessed ahead
 * and right. When it loses its memory, what it has sampled is computed again like a prompt; nothing
 * is sampled or said twice.
 */
final class GenerationSequence extends EngineSequence implements DraftedText {
  private static final Logger LOG = System.getLogger(GenerationSequence.class.getName());

  private final GenerationRequest request;
  private final GenerationListener listener;
  private final int maxOutput;
  private final Tokenizer tokenizer;
  private final TextAssembler text;
  private final TokenChooser chooser;
  private final KvStorage storage;
  private final AdapterLease adapters;
  private final PlacedImages images;
  private final PrefixKeys prefixKeys;
  private final Speculation speculation;
  private int[] output = new int[16];
  private int outputTokens;
  private long firstStepNanos;
  private long firstTokenNanos;

  /**
   * @param maxOutput tokens that it may generate; the last one needs no memory
   * @param storage how its keys and values are kept
   * @param adapters closed at its end
   */
  GenerationSequence(
      GenerationRequest request,
      GenerationListener listener,
      int maxOutput,
      Tokenizer tokenizer,
      TokenChooser chooser,
      Speculation speculation,
      KvCache cache,
      KvStorage storage,
      AdapterLease adapters,
      long submittedNanos) {
    super(request.prompt(), request.prompt().size() + maxOutput - 1, cache, submittedNanos);
    this.request = request;
    this.listener = listener;
    this.maxOutput = maxOutput;
    this.tokenizer = tokenizer;
    this.chooser = chooser;
    this.speculation = speculation;
    this.storage = storage;
    this.adapters = adapters;
    images = new PlacedImages(request.prompt(), request.images());
    prefixKeys = PrefixKeys.of(images.keys(), PagedKvCache.BLOCK_TOKENS, sharedWith());
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

  /** Differs, but by chance, where prompts are equal and not shared all the same. */
  private long sharedWith() {
    return 31L * cacheNamespace().hashCode() + storage.name().hashCode();
  }

  /** Whose keys and values its own may be shared with. */
  private KvNamespace cacheNamespace() {
    return adapters.within(request.cache().namespace());
  }

  @Override
  AdapterMix adapters() {
    return adapters.mix();
  }

  @Override
  String id() {
    return request.id();
  }

  @Override
  public ServiceTerms terms() {
    return request.terms();
  }

  @Override
  public PrefixKeys prefixKeys() {
    return prefixKeys;
  }

  @Override
  public boolean decoding() {
    return outputTokens > 0 && knownTokens() - computedTokens() == 1;
  }

  @Override
  public int knownTokens() {
    return prompt().size() + outputTokens;
  }

  @Override
  public int token(int index) {
    int promptTokens = prompt().size();
    return index < promptTokens ? prompt().get(index) : output[index - promptTokens];
  }

  @Override
  void addKnown(Batch batch, KvSequence keys, int index, RowOutput output) {
    Optional<EmbeddedSpan> span = images.spanAt(index);
    if (span.isPresent()) {
      batch.addEmbedded(keys, token(index), key(index), span.get(), output, adapters());
    } else {
      batch.add(keys, token(index), key(index), output, adapters());
    }
  }

  /** What the cache knows a token by. */
  private int key(int index) {
    return index < prompt().size() ? images.keys().get(index) : token(index);
  }

  @Override
  public int wholeChunk(int tokens, int most) {
    return images.wholeChunk(computedTokens(), tokens, Math.min(most, pendingTokens()));
  }

  @Override
  void addGuess(Batch batch, KvSequence keys, int guess) {
    if (!speculation.branches()) {
      batch.add(keys, speculation.guess(guess), RowOutput.LOGITS, adapters());
      return;
    }
    if (guess == 0) {
      keys.branch();
    }
    int token = speculation.guess(guess);
    batch.addBranching(
        keys, token, RowOutput.LOGITS, adapters(), knownTokens(), speculation.seen(guess));
  }

  @Override
  int guessedTokens() {
    return decoding() ? speculation.size() : 0;
  }

  @Override
  public int guessRoom() {
    return maxOutput - outputTokens - 1;
  }

  @Override
  public Foresight foresee() {
    return chooser.foresee();
  }

  @Override
  public KvNamespace namespace() {
    return request.cache().namespace();
  }

  @Override
  public Speculation speculation() {
    return speculation;
  }

  @Override
  Optional<Speculation> guesses() {
    return Optional.of(speculation);
  }

  @Override
  RowOutput outputOf(int index) {
    return index >= knownTokens() - 1 ? RowOutput.LOGITS : RowOutput.NONE;
  }

  @Override
  KvSequence open(KvCache ofEngine) {
    TokenIds known = TokenIds.of(IntStream.range(0, knownTokens()).map(this::key).toArray());
    return ofEngine.open(known, cacheNamespace(), storage);
  }

  @Override
  void started(long nowNanos) {
    firstStepNanos = nowNanos;
  }

  /**
   * {@inheritDoc}
   *
   * <p>A token from the row behind the last known one, and, as long as that was guessed, from the
   * row behind the guess: each is chosen as if nothing had been guessed.
   */
  @Override
  Optional<Ending> accept(StepOutput rows, int firstRow, long nowNanos) {
    int inStep = computedTokens() - knownTokens();
    if (inStep < 0) {
      return Optional.empty();
    }
    if (outputTokens == 0) {
      firstTokenNanos = nowNanos;
    }
    speculation.beginVerification(inStep);
    Optional<Ending> ending = acceptRow(rows, firstRow);
    while (ending.isEmpty() && speculation.follows(output[outputTokens - 1])) {
      ending = acceptRow(rows, firstRow + 1 + speculation.lastRight());
    }
    if (inStep > 0 && speculation.branches()) {
      keepPath(speculation.path(), speculation.rightInStep());
    } else if (inStep > speculation.rightInStep()) {
      takeBack(knownTokens() - 1);
    }
    speculation.verified();
    return ending;
  }

  private Optional<Ending> acceptRow(StepOutput rows, int row) {
    TokenChooser.Choice choice = chooser.choose(rows, row);
    append(choice.token());
    return acceptToken(choice, chooser.score(rows, row, choice.token()));
  }

  private void append(int token) {
    if (outputTokens == output.length) {
      output = Arrays.copyOf(output, outputTokens * 2);
    }
    output[outputTokens++] = token;
  }

  private Optional<Ending> acceptToken(TokenChooser.Choice choice, Optional<TokenLogprob> score) {
    int token = choice.token();
    boolean endsGeneration = tokenizer.isEndOfGeneration(token);
    if (endsGeneration && !request.ignoreEos()) {
      return Optional.of(finish(FinishReason.STOP));
    }
    boolean hasText =
        !endsGeneration && (!tokenizer.isControl(token) || request.markers().contains(token));
    text.accept(token, hasText, choice.isAnswer(), score).ifPresent(this::deliver);
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
  void report(Ending ending, ServiceNotes notes, long nowNanos) {
    adapters.close();
    try {
      switch (ending) {
        case Ending.Finished finished -> listener.onEnd(result(finished.reason(), notes, nowNanos));
        case Ending.Failed failed -> listener.onFailure(failed.failure());
      }
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "request " + request.id() + ": its listener failed at the end", e);
    }
  }

  private GenerationResult result(FinishReason reason, ServiceNotes notes, long nowNanos) {
    long firstStep = hasStarted() ? firstStepNanos : nowNanos;
    long firstToken = outputTokens > 0 ? firstTokenNanos : nowNanos;
    return new GenerationResult(
        reason,
        new TokenUsage(prompt().size(), cachedPrompt(), outputTokens, chooser.thoughtTokens()),
        Duration.ofNanos(firstStep - submittedNanos()),
        Duration.ofNanos(firstToken - firstStep),
        Duration.ofNanos(nowNanos - firstToken),
        trace(notes));
  }
}
