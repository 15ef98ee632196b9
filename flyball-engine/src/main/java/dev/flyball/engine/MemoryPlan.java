package dev.flyball.engine;

import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.model.ModelConfig;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOutline;
import dev.flyball.engine.speculate.SpeculationMode;
import dev.flyball.engine.speculate.Speculator;
import java.util.Locale;

/**
 * What a model is given of the memory that is free.
 *
 * <p>The cache gets room for the whole context of every running sequence, as long as that is at
 * most {@value #CACHE_PERCENT} % of the memory that weights and scratch leave free: a model that is
 * loaded later wants some too. It never gets less than one whole context; where even that does not
 * fit, the model is not loaded. Where the model's layers have a state, every running sequence has
 * one on the Java heap, and the cache its snapshots beside its blocks.
 *
 * @param contextLength tokens of one sequence
 * @param batchTokens tokens of one step; where texts are computed as a whole, at least a context
 * @param cacheTokens tokens of all sequences together
 * @param need bytes of each kind, with the cache at {@code cacheTokens}
 */
record MemoryPlan(int contextLength, int batchTokens, long cacheTokens, MemoryEstimate need) {
  static final int CACHE_PERCENT = 50;

  /** Tokens of one step. Larger steps make better use of weights read, but running answers wait. */
  static final int MAX_BATCH_TOKENS = 256;

  /**
   * The context of a model that sees texts as a whole, where the options do not say: its scratch is
   * for all of it.
   */
  static final int WHOLE_TEXT_LIMIT = 2048;

  /** The longest such context. */
  static final int LONGEST_WHOLE_TEXT = ModelOptions.MAX_BATCH_TOKENS;

  private static final double MIB = 1 << 20;

  /** What a model would take at full use, whatever is free. */
  static MemoryPlan full(ModelOutline outline, long weightBytes, EngineOptions options) {
    int context = contextLength(options, outline.config());
    return of(outline, weightBytes, options, context, (long) context * options.maxRunning());
  }

  /**
   * Cuts the cache to the memory that is free.
   *
   * @throws EngineException with OUT_OF_MEMORY, with all figures and what can be done
   */
  static MemoryPlan fitting(
      ModelOutline outline, long weightBytes, EngineOptions options, FreeMemory free) {
    MemoryPlan full = full(outline, weightBytes, options);
    KvShape shape = outline.cacheShape();
    long fixed = full.need.scratch() + stateBytes(outline, options);
    long forCache =
        Math.min(
            free.machineBytes() - weightBytes - fixed,
            shape.storage().isNative() ? Long.MAX_VALUE : free.heapBytes() - fixed);
    int context = full.contextLength;
    if (forCache < shape.cacheBytes(context) || free.heapBytes() < fixed) {
      MemoryPlan least = of(outline, weightBytes, options, context, context);
      long onHeap = shape.storage().isNative() ? fixed : fixed + shape.cacheBytes(context);
      throw outOfMemory(least, onHeap, free);
    }
    long bytesPerToken = Math.max(1, shape.bytesPerTokenWithSnapshots());
    long share = forCache / 100 * CACHE_PERCENT / bytesPerToken;
    long cacheTokens = Math.clamp(share, context, full.cacheTokens);
    return of(outline, weightBytes, options, context, cacheTokens);
  }

  private static MemoryPlan of(
      ModelOutline outline,
      long weightBytes,
      EngineOptions options,
      int contextLength,
      long cacheTokens) {
    int batchTokens =
        outline.config().wholeTexts()
            ? Math.max(contextLength, MAX_BATCH_TOKENS)
            : MAX_BATCH_TOKENS;
    long vocabulary = outline.config().vocabularySize();
    int guesses = options.speculation().mode() == SpeculationMode.OFF ? 0 : Speculator.MAX_GUESSES;
    long rows = vocabulary * Float.BYTES * Math.min(options.maxRunning() + guesses, batchTokens);
    long candidates = vocabulary * (Float.BYTES + Double.BYTES + Integer.BYTES);
    long scratch = outline.scratchBytesPerToken() * batchTokens + rows + candidates;
    long cache = outline.cacheShape().cacheBytes(cacheTokens) + stateBytes(outline, options);
    return new MemoryPlan(
        contextLength, batchTokens, cacheTokens, new MemoryEstimate(weightBytes, cache, scratch));
  }

  private static long stateBytes(ModelOutline outline, EngineOptions options) {
    return outline.cacheShape().stateBytes() * options.maxRunning();
  }

  private static int contextLength(EngineOptions options, ModelConfig config) {
    int byDefault = config.wholeTexts() ? WHOLE_TEXT_LIMIT : EngineOptions.DEFAULT_CONTEXT_LIMIT;
    int wanted = options.contextLength() == 0 ? byDefault : options.contextLength();
    int possible = Math.min(wanted, config.contextLength());
    return config.wholeTexts() ? Math.min(possible, LONGEST_WHOLE_TEXT) : possible;
  }

  private static EngineException outOfMemory(MemoryPlan least, long onHeap, FreeMemory free) {
    MemoryEstimate need = least.need();
    boolean heapIsShort = free.heapBytes() < onHeap;
    String message =
        String.format(
            Locale.ROOT,
            "the model needs %.1f MiB for weights, %.1f MiB for keys and values of one context of"
                + " %d tokens and %.1f MiB to compute with, but %s; %s",
            need.weights() / MIB,
            need.cache() / MIB,
            least.contextLength(),
            need.scratch() / MIB,
            heapIsShort
                ? mebibytes("the Java heap has %.1f MiB left", free.heapBytes())
                : mebibytes("%.1f MiB of memory are free", free.machineBytes()),
            heapIsShort
                ? "choose a shorter context, or give Java a larger heap (-Xmx)"
                : "choose a shorter context or a smaller model, or unload another");
    return new EngineException(EngineError.OUT_OF_MEMORY, message);
  }

  private static String mebibytes(String format, long bytes) {
    return String.format(Locale.ROOT, format, bytes / MIB);
  }
}
