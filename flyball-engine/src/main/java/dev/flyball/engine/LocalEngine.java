package dev.flyball.engine;

import dev.flyball.engine.adapter.AdapterGrant;
import dev.flyball.engine.adapter.AdapterLease;
import dev.flyball.engine.adapter.AdapterTable;
import dev.flyball.engine.adapter.AdapterWish;
import dev.flyball.engine.adapter.Adapters;
import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.CacheWish;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.dialect.AnswerRules;
import dev.flyball.engine.dialect.ChatDialect;
import dev.flyball.engine.grammar.Grammar;
import dev.flyball.engine.grammar.TokenGrammars;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.Pooler;
import dev.flyball.engine.model.Pooling;
import dev.flyball.engine.sample.Candidates;
import dev.flyball.engine.sample.LogprobScorer;
import dev.flyball.engine.sample.Sampler;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.engine.speculate.Speculator;
import dev.flyball.engine.template.ChatTemplate;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.engine.vision.ImageEncoder;
import dev.flyball.units.TokenIds;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/** An engine in this process: a model, its cache, and one thread that runs its steps. */
final class LocalEngine implements Engine {
  private static final Logger LOG = System.getLogger(LocalEngine.class.getName());

  /** How long {@link #close} waits for the step under way; the thread frees the model itself. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

  private final ModelInfo info;
  private final Tokenizer tokenizer;
  private final Optional<ChatTemplate> chatTemplate;
  private final Optional<ChatDialect> chatDialect;
  private final RankingPrompt rankingPrompt;
  private final LanguageModel model;
  private final KvCache cache;
  private final LongSupplier nanoTime;
  private final LongSupplier seeds;
  private final int vocabularySize;
  private final Candidates candidates;
  private final TokenGrammars grammars;
  private final LogprobScorer scorer = new LogprobScorer(GenerationRequest.MAX_TOP_LOGPROBS);
  private final Speculator speculator;
  private final CacheSupply cacheSupply;
  private final RequestQueue queue;
  private final AdapterTable adapters;
  private final Optional<ImageEncoder> images;
  private final Thread thread;

  /**
   * Starts the engine's thread, which owns the model, the cache and the speculator from now on.
   *
   * @param cache holds at least {@code info.contextLength()} tokens
   * @param images what makes input of images; closed with the engine
   * @param nanoTime a clock that only moves forward
   * @param seeds a new one for each request that brings none
   */
  LocalEngine(
      ModelInfo info,
      Tokenizer tokenizer,
      Optional<ChatTemplate> chatTemplate,
      RankingPrompt rankingPrompt,
      LanguageModel model,
      KvCache cache,
      Speculator speculator,
      Optional<ImageEncoder> images,
      EngineOptions options,
      LongSupplier nanoTime,
      LongSupplier seeds) {
    this.info = info;
    this.images = images;
    this.tokenizer = tokenizer;
    this.chatTemplate = chatTemplate;
    chatDialect = chatTemplate.map(ChatTemplate::source).map(ChatDialect::of);
    this.rankingPrompt = rankingPrompt;
    this.model = model;
    this.cache = cache;
    this.speculator = speculator;
    this.nanoTime = nanoTime;
    this.seeds = seeds;
    vocabularySize = Math.min(model.config().vocabularySize(), tokenizer.size());
    candidates = new Candidates(vocabularySize);
    grammars = new TokenGrammars(tokenizer, vocabularySize);
    cacheSupply = CacheSupply.of(cache, info.contextLength(), options);
    int maxRunning = Math.min(options.maxRunning(), model.maxBatchTokens());
    queue = new RequestQueue(maxRunning, options.maxWaiting(), cache.capacityTokens());
    adapters =
        new AdapterTable(
            model::adapter, () -> FreeMemory.measure().machineBytes(), options.adapters().most());
    EngineLoop loop =
        new EngineLoop(model, cache, queue, options.scheduler(), speculator, maxRunning, nanoTime);
    thread =
        Thread.ofPlatform().daemon().name("flyball-engine " + info.name()).start(() -> run(loop));
  }

  private void run(EngineLoop loop) {
    try (adapters) {
      loop.run();
    }
  }

  /** As the other, of a model whose file has no template for ranking. */
  LocalEngine(
      ModelInfo info,
      Tokenizer tokenizer,
      Optional<ChatTemplate> chatTemplate,
      LanguageModel model,
      KvCache cache,
      Speculator speculator,
      EngineOptions options,
      LongSupplier nanoTime,
      LongSupplier seeds) {
    this(
        info,
        tokenizer,
        chatTemplate,
        new RankingPrompt(tokenizer, Optional.empty()),
        model,
        cache,
        speculator,
        Optional.empty(),
        options,
        nanoTime,
        seeds);
  }

  @Override
  public ModelInfo info() {
    return info;
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public Optional<ChatTemplate> chatTemplate() {
    return chatTemplate;
  }

  @Override
  public Optional<ChatDialect> chatDialect() {
    return chatDialect;
  }

  @Override
  public Submission submit(GenerationRequest request, GenerationListener listener) {
    if (!info.isFor(ModelUse.GENERATE)) {
      return new Submission.NotGenerative();
    }
    int promptTokens = request.prompt().size();
    int room = info.contextLength() - promptTokens;
    if (room < 1) {
      return new Submission.ContextLengthExceeded(promptTokens, info.contextLength());
    }
    IntStream biased = request.sampling().logitBias().keySet().stream().mapToInt(id -> id);
    OptionalInt unknown = unknownToken(IntStream.concat(request.prompt().stream(), biased));
    if (unknown.isPresent()) {
      return new Submission.UnknownToken(unknown.getAsInt(), vocabularySize);
    }
    return switch (adapters.lease(request.adapters())) {
      case AdapterGrant.Unknown(String name) -> new Submission.UnknownAdapter(name);
      case AdapterLease lease ->
          submit(request, listener, Math.min(request.maxTokens(), room), lease);
    };
  }

  private Submission submit(
      GenerationRequest request, GenerationListener listener, int maxOutput, AdapterLease lease) {
    boolean accepted = false;
    try {
      GenerationSequence sequence = sequence(request, listener, maxOutput, lease);
      Optional<Submission> refusal = queue.offer(sequence);
      accepted = refusal.isEmpty();
      return refusal.orElseGet(() -> new Submission.Accepted(() -> queue.cancel(sequence)));
    } finally {
      if (!accepted) {
        lease.close();
      }
    }
  }

  private GenerationSequence sequence(
      GenerationRequest request, GenerationListener listener, int maxOutput, AdapterLease lease) {
    return new GenerationSequence(
        request,
        listener,
        maxOutput,
        tokenizer,
        chooser(request),
        speculator.newSpeculation(),
        cache,
        cacheFor(request.cache().type(), request.prompt().size()).storage(),
        lease,
        nanoTime.getAsLong());
  }

  @Override
  public CompletableFuture<float[]> embed(TokenIds tokens) {
    if (!info.isFor(ModelUse.EMBED)) {
      return refused("embed", "it has a ranking head: it says how relevant documents are");
    }
    return pool(tokens, model.config().pooling(), model::embedding);
  }

  @Override
  public TokenIds rankingPrompt(String query, String document) {
    return rankingPrompt.encode(query, document);
  }

  @Override
  public CompletableFuture<Float> rank(TokenIds prompt) {
    return model
        .ranking()
        .map(head -> pool(prompt, head.pooling(), head::score))
        .orElseGet(() -> refused("rank", "its file has no ranking head"));
  }

  private <T> CompletableFuture<T> refused(String use, String reason) {
    return CompletableFuture.failedFuture(
        new EngineException(
            EngineError.INVALID_INPUT,
            "the model %s cannot %s: %s".formatted(info.name(), use, reason)));
  }

  private <T> CompletableFuture<T> pool(
      TokenIds tokens, Pooling pooling, Function<float[], T> use) {
    CompletableFuture<T> result = new CompletableFuture<>();
    try {
      checkEmbeddable(tokens);
      EmbeddingSequence<T> sequence =
          new EmbeddingSequence<>(
              tokens,
              new Pooler(pooling, model.config().embeddingLength()),
              use,
              result,
              cache,
              nanoTime.getAsLong());
      queue.offer(sequence).ifPresent(LocalEngine::refuse);
      stopWhenCancelled(result, sequence);
    } catch (EngineException e) {
      result.completeExceptionally(e);
    }
    return result;
  }

  @Override
  public CompletableFuture<Integer> pin(TokenIds prefix) {
    CompletableFuture<Integer> pinned = new CompletableFuture<>();
    CacheWish usual = CacheWish.DEFAULT.with(cache.storage().type());
    GenerationRequest request =
        new GenerationRequest(
            "pinned prefix", prefix, SamplingParams.GREEDY, 1, List.of(), true, false, 0);
    Submission submission =
        submit(
            request.withCache(usual).withAdapters(AdapterWish.NONE),
            new PinningListener(cache, prefix, pinned));
    if (!(submission instanceof Submission.Accepted)) {
      pinned.completeExceptionally(
          new EngineException(
              EngineError.INVALID_INPUT, "the prefix to pin was refused: " + submission));
    }
    return pinned;
  }

  @Override
  public void prepare(Grammar grammar) {
    grammars.prepare(grammar);
  }

  @Override
  public CacheChoice cacheFor(CacheType wish, int promptTokens) {
    return cacheSupply.choose(wish, promptTokens);
  }

  @Override
  public Adapters adapters() {
    return adapters;
  }

  @Override
  public Optional<ImageEncoder> images() {
    return images;
  }

  @Override
  public EngineLoad load() {
    return queue.load().withExperts(model.experts());
  }

  @Override
  public void close() {
    queue.close();
    images.ifPresent(ImageEncoder::close);
    if (thread.equals(Thread.currentThread())) {
      return;
    }
    try {
      if (!thread.join(CLOSE_LIMIT)) {
        LOG.log(Level.WARNING, info.name() + ": a step still runs; the model is freed after it");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private TokenChooser chooser(GenerationRequest request) {
    long seed = request.sampling().seed().orElseGet(seeds);
    return new TokenChooser(
        new Sampler(
            request.sampling(),
            seed,
            request.prompt(),
            candidates,
            request.grammar().map(grammars::start)),
        request.rules().map(AnswerRules::start),
        scorer,
        vocabularySize,
        request.logprobs(),
        request.topLogprobs());
  }

  private void checkEmbeddable(TokenIds tokens) {
    if (tokens.isEmpty() || tokens.size() > info.contextLength()) {
      throw new EngineException(
          EngineError.INVALID_INPUT,
          "the text to embed has %d tokens; 1 to %d are possible%s"
              .formatted(tokens.size(), info.contextLength(), whyNoMore()));
    }
    OptionalInt unknown = unknownToken(tokens.stream());
    if (unknown.isPresent()) {
      throw new EngineException(
          EngineError.INVALID_INPUT,
          "token "
              + unknown.getAsInt()
              + " is not in the vocabulary of "
              + vocabularySize
              + " tokens");
    }
  }

  private String whyNoMore() {
    return info.contextLength() < info.trainedContextLength()
        ? ": the context length that the model is run with, of %d that it could have"
            .formatted(info.trainedContextLength())
        : ", with this model";
  }

  private void stopWhenCancelled(CompletableFuture<?> result, EngineSequence sequence) {
    var _ =
        result.whenComplete(
            (_, _) -> {
              if (result.isCancelled()) {
                queue.cancel(sequence);
              }
            });
  }

  private OptionalInt unknownToken(IntStream ids) {
    return ids.filter(id -> id < 0 || id >= vocabularySize).findFirst();
  }

  private static void refuse(Submission refusal) {
    if (refusal instanceof Submission.QueueFull(int waiting, Duration retryAfter)) {
      throw new EngineException(
          EngineError.QUEUE_FULL,
          waiting + " requests wait already; try again in " + retryAfter.toSeconds() + " s");
    }
    throw new IllegalStateException("a text to embed has no target to miss: " + refusal);
  }
}
