package dev.flyball.engine;

import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.model.ExpertOutline;
import dev.flyball.engine.model.ModelConfig;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOutline;
import dev.flyball.engine.speculate.SpeculationMode;
import dev.flyball.engine.speculate.Speculator;
import dev.flyball.engine.weights.ExpertOptions;
import dev.flyball.engine.weights.ExpertPlacement;
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
 * <p>Experts that lie on disk get what is left of the memory that is free, less a reserve, where
 * the cache then takes at most {@value #CACHE_PERCENT_BESIDE_EXPERTS} % of it: every expert that
 * memory holds is one that is not read.
 *
 * @param contextLength tokens of one sequence
 * @param batchTokens tokens of one step; where texts are computed as a whole, at least a context
 * @param cacheTokens tokens of all sequences together
 * @param expertBytes memory for experts that lie on disk; 0: all weights are in memory
 * @param need bytes of each kind, with the cache at {@code cacheTokens}
 */
record MemoryPlan(
    int contextLength, int batchTokens, long cacheTokens, long expertBytes, MemoryEstimate need) {
  static final int CACHE_PERCENT = 50;

  private static final int CACHE_PERCENT_BESIDE_EXPERTS = 25;

  /** Of the memory for experts, what is left for the Java heap and the system's own pages. */
  private static final int RESERVE_PERCENT = 10;

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
  static MemoryPlan full(ModelOutline outline, long fileBytes, EngineOptions options) {
    int context = contextLength(options, outline.config());
    long weightBytes = fileBytes + outline.copiedWeightBytes();
    MemoryPlan plan =
        of(outline, weightBytes, options, context, (long) context * options.maxRunning());
    ExpertOptions experts = options.experts();
    long mostExperts =
        experts.memoryBytes() == 0
            ? outline.experts().fileBytes()
            : Math.min(experts.memoryBytes(), outline.experts().fileBytes());
    return switch (experts.placement()) {
      case MEMORY -> plan;
      case AUTO -> plan.withOnDisk(mostExperts - outline.experts().leastBytes());
      case DISK ->
          of(
                  outline,
                  weightBytes - outline.experts().fileBytes() + mostExperts,
                  options,
                  context,
                  plan.cacheTokens)
              .withOnDisk(mostExperts - outline.experts().leastBytes());
    };
  }

  /** Says what of the experts memory can do without. */
  private MemoryPlan withOnDisk(long bytes) {
    MemoryEstimate estimate =
        new MemoryEstimate(need.weights(), need.cache(), need.scratch(), Math.max(0, bytes));
    return new MemoryPlan(contextLength, batchTokens, cacheTokens, expertBytes, estimate);
  }

  /**
   * Cuts the cache, and the memory for experts, to what is free.
   *
   * @throws EngineException with OUT_OF_MEMORY, with all figures and what can be done
   */
  static MemoryPlan fitting(
      ModelOutline outline, long fileBytes, EngineOptions options, FreeMemory free) {
    long weightBytes = fileBytes + outline.copiedWeightBytes();
    boolean hasExperts = outline.experts().fileBytes() > 0;
    if (hasExperts && options.experts().placement() == ExpertPlacement.DISK) {
      return withExpertsOnDisk(outline, weightBytes, options, free);
    }
    Need fixed = Need.of(outline, weightBytes, options);
    boolean fits = fixed.leftForCache(free) >= fixed.oneContext();
    if (!fits && hasExperts && options.experts().placement() == ExpertPlacement.AUTO) {
      return withExpertsOnDisk(outline, weightBytes, options, free);
    }
    fixed.requireRoom(outline, options, free);
    return of(
        outline,
        weightBytes,
        options,
        fixed.context(),
        fixed.cacheTokens(fixed.leftForCache(free) / 100 * CACHE_PERCENT));
  }

  private static MemoryPlan withExpertsOnDisk(
      ModelOutline outline, long weightBytes, EngineOptions options, FreeMemory free) {
    ExpertOutline experts = outline.experts();
    long resident = weightBytes - experts.fileBytes();
    Need fixed = Need.of(outline, resident + experts.leastBytes(), options);
    fixed.requireRoom(outline, options, free);
    long cacheTokens =
        fixed.cacheTokens(fixed.leftForCache(free) / 100 * CACHE_PERCENT_BESIDE_EXPERTS);
    MemoryPlan bare = of(outline, resident, options, fixed.context(), cacheTokens);
    long left = (free.machineBytes() - bare.need.total()) / 100 * (100 - RESERVE_PERCENT);
    long wanted = options.experts().memoryBytes();
    long most = Math.min(experts.fileBytes(), wanted == 0 ? Long.MAX_VALUE : wanted);
    long expertBytes = Math.max(experts.leastBytes(), Math.min(most, left));
    MemoryEstimate need =
        new MemoryEstimate(resident + expertBytes, bare.need.cache(), bare.need.scratch());
    return new MemoryPlan(
        bare.contextLength, bare.batchTokens, bare.cacheTokens, expertBytes, need);
  }

  /** What a model needs beside its cache, and what its cache is like. */
  private record Need(
      KvShape shape, long weightBytes, long fixedBytes, int context, long fullCacheTokens) {
    static Need of(ModelOutline outline, long weightBytes, EngineOptions options) {
      MemoryPlan full =
          MemoryPlan.of(
              outline,
              weightBytes,
              options,
              contextLength(options, outline.config()),
              (long) contextLength(options, outline.config()) * options.maxRunning());
      return new Need(
          outline.cacheShape(),
          weightBytes,
          full.need.scratch() + stateBytes(outline, options),
          full.contextLength,
          full.cacheTokens);
    }

    long oneContext() {
      return shape.cacheBytes(context);
    }

    long leftForCache(FreeMemory free) {
      return Math.min(
          free.machineBytes() - weightBytes - fixedBytes,
          shape.storage().isNative() ? Long.MAX_VALUE : free.heapBytes() - fixedBytes);
    }

    long cacheTokens(long bytes) {
      long share = bytes / Math.max(1, shape.bytesPerTokenWithSnapshots());
      return Math.clamp(share, context, fullCacheTokens);
    }

    void requireRoom(ModelOutline outline, EngineOptions options, FreeMemory free) {
      if (leftForCache(free) < oneContext() || free.heapBytes() < fixedBytes) {
        MemoryPlan least = MemoryPlan.of(outline, weightBytes, options, context, context);
        long onHeap = shape.storage().isNative() ? fixedBytes : fixedBytes + oneContext();
        throw outOfMemory(least, onHeap, free);
      }
    }
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
            : MAX_BATCH_TOKENS + outline.imageTokens();
    long vocabulary = outline.config().vocabularySize();
    int guesses = options.speculation().mode() == SpeculationMode.OFF ? 0 : Speculator.MAX_GUESSES;
    long rows = vocabulary * Float.BYTES * Math.min(options.maxRunning() + guesses, batchTokens);
    long candidates = vocabulary * (Float.BYTES + Double.BYTES + Integer.BYTES);
    long scratch = outline.scratchBytesPerToken() * batchTokens + rows + candidates;
    long cache = outline.cacheShape().cacheBytes(cacheTokens) + stateBytes(outline, options);
    return new MemoryPlan(
        contextLength,
        batchTokens,
        cacheTokens,
        0,
        new MemoryEstimate(weightBytes, cache, scratch));
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
