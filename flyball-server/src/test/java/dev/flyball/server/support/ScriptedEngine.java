package dev.flyball.server.support;

import dev.flyball.engine.CacheChoice;
import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.EngineLoad;
import dev.flyball.engine.FinishReason;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.GenerationListener;
import dev.flyball.engine.GenerationRequest;
import dev.flyball.engine.GenerationResult;
import dev.flyball.engine.ModelInfo;
import dev.flyball.engine.ModelUse;
import dev.flyball.engine.StepTrace;
import dev.flyball.engine.Submission;
import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.KvStorage;
import dev.flyball.engine.sample.TokenLogprob;
import dev.flyball.engine.template.ChatTemplate;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import dev.flyball.units.TokenUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * An engine that recites a script whatever it is asked, and counts what it does. For situations
 * that a real engine has rarely; it keeps all promises of {@link Engine}.
 */
public final class ScriptedEngine implements Engine {
  public static final int CONTEXT_LENGTH = 1000;
  public static final int EMBEDDING_LENGTH = 4;

  /** A target for the first token that it refuses to promise. */
  public static final Duration TOO_SOON = Duration.ofMillis(1);

  private final Tokenizer tokenizer = new ByteTokenizer();
  private final Script script;
  private final Set<ModelUse> uses;
  private final int maxInWork;
  private final Semaphore running;
  private final AtomicInteger inWork = new AtomicInteger();
  private final AtomicLong tokens = new AtomicLong();
  private final AtomicInteger cancelled = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicReference<GenerationRequest> lastRequest = new AtomicReference<>();

  /**
   * An engine.
   *
   * @param maxRunning requests that are answered at one time
   * @param maxWaiting requests that may wait
   */
  public ScriptedEngine(Script script, int maxRunning, int maxWaiting) {
    this(script, Set.of(ModelUse.GENERATE, ModelUse.EMBED), maxRunning, maxWaiting);
  }

  ScriptedEngine(Script script, Set<ModelUse> uses, int maxRunning, int maxWaiting) {
    this.script = script;
    this.uses = uses;
    this.maxInWork = maxRunning + maxWaiting;
    this.running = new Semaphore(maxRunning);
  }

  /** Tokens generated so far. */
  public long tokens() {
    return tokens.get();
  }

  /** Generations cancelled so far. */
  public int cancelled() {
    return cancelled.get();
  }

  /** Requests that are not over. */
  public int inWork() {
    return inWork.get();
  }

  public boolean isClosed() {
    return closed.get();
  }

  /** The request accepted last. */
  public GenerationRequest lastRequest() {
    GenerationRequest last = lastRequest.get();
    if (last == null) {
      throw new IllegalStateException("no request was accepted");
    }
    return last;
  }

  @Override
  public ModelInfo info() {
    return new ModelInfo(
        "scripted", "script", "F32", 1, 1, CONTEXT_LENGTH, CONTEXT_LENGTH, EMBEDDING_LENGTH, uses);
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public Optional<ChatTemplate> chatTemplate() {
    return Optional.of(new PlainTemplate(script.template()));
  }

  /** What was asked for, else halves. */
  @Override
  public CacheChoice cacheFor(CacheType wish, int promptTokens) {
    return wish == CacheType.AUTOMATIC
        ? new CacheChoice(KvStorage.NATIVE_F16, "")
        : new CacheChoice(wish.inNativeMemory(), wish.label() + " was asked for");
  }

  @Override
  public CompletableFuture<Integer> pin(TokenIds prefix) {
    return CompletableFuture.completedFuture(prefix.size());
  }

  @Override
  public Submission submit(GenerationRequest request, GenerationListener listener) {
    if (closed.get()) {
      throw new EngineException(EngineError.CLOSED, "the engine is closed");
    }
    if (request.prompt().size() >= CONTEXT_LENGTH) {
      return new Submission.ContextLengthExceeded(request.prompt().size(), CONTEXT_LENGTH);
    }
    if (request.terms().target().ttft().filter(TOO_SOON::equals).isPresent()) {
      return new Submission.TooLate(Duration.ofMillis(1500), Duration.ofSeconds(2));
    }
    if (inWork.incrementAndGet() > maxInWork) {
      inWork.decrementAndGet();
      return new Submission.QueueFull(maxInWork, Duration.ofSeconds(3));
    }
    lastRequest.set(request);
    AtomicBoolean cancel = new AtomicBoolean();
    Thread.ofVirtual().start(() -> recite(request, listener, cancel));
    return new Submission.Accepted(() -> cancel.set(true));
  }

  private void recite(
      GenerationRequest request, GenerationListener listener, AtomicBoolean cancel) {
    running.acquireUninterruptibly();
    int spoken = 0;
    FinishReason reason = FinishReason.STOP;
    try {
      while (true) {
        if (cancel.get() || closed.get()) {
          cancelled.incrementAndGet();
          reason = FinishReason.CANCELLED;
          break;
        }
        if (spoken == script.failAfter()) {
          throw new EngineException(EngineError.INTERNAL, "secret detail of the engine");
        }
        if (spoken == request.maxTokens()) {
          reason = FinishReason.LENGTH;
          break;
        }
        if (spoken >= script.pieces().size() && !script.repeats()) {
          break;
        }
        listener.onDelta(delta(request, script.pieces().get(spoken % script.pieces().size())));
        tokens.incrementAndGet();
        spoken++;
        LockSupport.parkNanos(script.pace().toNanos());
      }
    } catch (EngineException e) {
      leave();
      listener.onFailure(e);
      return;
    }
    leave();
    listener.onEnd(
        new GenerationResult(
            reason,
            new TokenUsage(request.prompt().size(), 0, spoken, Math.min(spoken, script.thoughts())),
            Duration.ZERO,
            Duration.ofMillis(1),
            Duration.ofMillis(spoken),
            new StepTrace(1, spoken, 0, 0, 0, Duration.ofMillis(1 + spoken))));
  }

  private void leave() {
    running.release();
    inWork.decrementAndGet();
  }

  private GenerationDelta delta(GenerationRequest request, String piece) {
    int token = piece.charAt(0) & 0xff;
    List<TokenLogprob> logprobs = new ArrayList<>();
    if (request.logprobs()) {
      List<TokenLogprob.Alternative> top = new ArrayList<>();
      for (int i = 0; i < request.topLogprobs(); i++) {
        top.add(new TokenLogprob.Alternative(token + i, -0.5f - i));
      }
      logprobs.add(new TokenLogprob(token, -0.5f, top));
    }
    return new GenerationDelta(piece, TokenIds.of(token), logprobs);
  }

  /** A vector of the text's length and its first tokens; never ends for an endless script. */
  @Override
  public CompletableFuture<float[]> embed(TokenIds ids) {
    CompletableFuture<float[]> vector = new CompletableFuture<>();
    if (script.repeats()) {
      inWork.incrementAndGet();
      var _ =
          vector.whenComplete(
              (value, failure) -> {
                inWork.decrementAndGet();
                cancelled.incrementAndGet();
              });
      return vector;
    }
    return vector.completeOnTimeout(
        new float[] {ids.size(), ids.get(0), 1, 0}, 1, TimeUnit.MILLISECONDS);
  }

  /** The number of tokens of what is to be ranked; never ends for an endless script. */
  @Override
  public CompletableFuture<Float> rank(TokenIds prompt) {
    return embed(prompt).thenApply(vector -> vector[0]);
  }

  @Override
  public EngineLoad load() {
    int busy = inWork.get();
    return new EngineLoad(busy, 0, busy, 100);
  }

  @Override
  public void close() {
    closed.set(true);
  }
}
