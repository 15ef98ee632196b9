package dev.flyball.engine;

import dev.flyball.engine.adapter.AdapterOptions;
import dev.flyball.engine.cache.CacheDirectory;
import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.CacheTypes;
import dev.flyball.engine.schedule.SchedulingPolicy;
import dev.flyball.engine.sparsity.SparsityWish;
import dev.flyball.engine.speculate.SpeculationOptions;
import dev.flyball.engine.weights.ExpertOptions;
import dev.flyball.engine.weights.WeightsCache;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a model is to be run.
 *
 * @param contextLength tokens that one sequence may have, prompt and output together, at most what
 *     the model was trained with; 0: that, but at most {@link #DEFAULT_CONTEXT_LIMIT}
 * @param maxRunning sequences that take part in a step
 * @param maxWaiting requests that may wait; one more is refused
 * @param threads threads that compute; 0: one for each processor that this process may use
 * @param cacheTypes how keys and values are kept
 * @param scheduler how steps are composed
 * @param cacheDirectory where keys and values are kept that memory has no room for, also over
 *     restarts
 * @param weightsCache where packed weights are kept from start to start; nothing: not at all
 * @param speculation how tokens are guessed ahead; with the adaptive scheduler only
 * @param adapters which adapters the model has
 * @param experts where a model's experts lie
 * @param projector the file that makes images input for the model; nothing: the one beside the
 *     model's file, where there is exactly one that fits
 * @param sparsity how much of gated networks is skipped; nothing: none of it
 */
public record EngineOptions(
    int contextLength,
    int maxRunning,
    int maxWaiting,
    int threads,
    CacheTypes cacheTypes,
    SchedulingPolicy scheduler,
    Optional<CacheDirectory> cacheDirectory,
    Optional<WeightsCache> weightsCache,
    SpeculationOptions speculation,
    AdapterOptions adapters,
    ExpertOptions experts,
    Optional<Path> projector,
    Optional<SparsityWish> sparsity) {
  public static final int DEFAULT_CONTEXT_LIMIT = 8192;

  public static final EngineOptions DEFAULT = new EngineOptions(0, 8, 64, 0);

  public EngineOptions {
    require(contextLength >= 0, "the context length must not be negative");
    require(maxRunning >= 1 && maxRunning <= 4096, "running sequences must be 1 to 4096");
    require(maxWaiting >= 0 && maxWaiting <= 1_000_000, "waiting requests must be 0 to 1000000");
    require(threads >= 0 && threads <= 1024, "threads must be 0 to 1024");
  }

  /** With the usual cache, scheduler and speculation, and no directory. */
  public EngineOptions(int contextLength, int maxRunning, int maxWaiting, int threads) {
    this(
        contextLength,
        maxRunning,
        maxWaiting,
        threads,
        CacheTypes.DEFAULT,
        SchedulingPolicy.ADAPTIVE,
        Optional.empty(),
        Optional.empty(),
        SpeculationOptions.DEFAULT,
        AdapterOptions.DEFAULT,
        ExpertOptions.DEFAULT,
        Optional.empty(),
        Optional.empty());
  }

  /** These with another usual type of cache. */
  public EngineOptions withCacheType(CacheType type) {
    return withCacheTypes(cacheTypes.withUsual(type));
  }

  /** These with other types of cache. */
  public EngineOptions withCacheTypes(CacheTypes types) {
    return with(copy -> copy.cacheTypes = types);
  }

  /** These with another scheduler. */
  public EngineOptions withScheduler(SchedulingPolicy policy) {
    return with(copy -> copy.scheduler = policy);
  }

  /** These with a directory for keys and values, or with none. */
  public EngineOptions withCacheDirectory(Optional<CacheDirectory> directory) {
    return with(copy -> copy.cacheDirectory = directory);
  }

  /** These with a cache of packed weights. */
  public EngineOptions withWeightsCache(Optional<WeightsCache> cache) {
    return with(copy -> copy.weightsCache = cache);
  }

  /** These with other guesses ahead. */
  public EngineOptions withSpeculation(SpeculationOptions options) {
    return with(copy -> copy.speculation = options);
  }

  /** These with other adapters. */
  public EngineOptions withAdapters(AdapterOptions options) {
    return with(copy -> copy.adapters = options);
  }

  /** These with experts elsewhere. */
  public EngineOptions withExperts(ExpertOptions options) {
    return with(copy -> copy.experts = options);
  }

  /** These with a projector, or with the one found. */
  public EngineOptions withProjector(Optional<Path> file) {
    return with(copy -> copy.projector = file);
  }

  /** These with another share of gated networks that is skipped. */
  public EngineOptions withSparsity(Optional<SparsityWish> wish) {
    return with(copy -> copy.sparsity = wish);
  }

  /** These with another context length. */
  EngineOptions withContextLength(int tokens) {
    return with(copy -> copy.contextLength = tokens);
  }

  private EngineOptions with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.toRecord();
  }

  /** A copy under way: the one place beside the record that knows all components. */
  private static final class Copy {
    private int contextLength;
    private int maxRunning;
    private int maxWaiting;
    private int threads;
    private CacheTypes cacheTypes;
    private SchedulingPolicy scheduler;
    private Optional<CacheDirectory> cacheDirectory;
    private Optional<WeightsCache> weightsCache;
    private SpeculationOptions speculation;
    private AdapterOptions adapters;
    private ExpertOptions experts;
    private Optional<Path> projector;
    private Optional<SparsityWish> sparsity;

    Copy(EngineOptions of) {
      contextLength = of.contextLength;
      maxRunning = of.maxRunning;
      maxWaiting = of.maxWaiting;
      threads = of.threads;
      cacheTypes = of.cacheTypes;
      scheduler = of.scheduler;
      cacheDirectory = of.cacheDirectory;
      weightsCache = of.weightsCache;
      speculation = of.speculation;
      adapters = of.adapters;
      experts = of.experts;
      projector = of.projector;
      sparsity = of.sparsity;
    }

    EngineOptions toRecord() {
      return new EngineOptions(
          contextLength,
          maxRunning,
          maxWaiting,
          threads,
          cacheTypes,
          scheduler,
          cacheDirectory,
          weightsCache,
          speculation,
          adapters,
          experts,
          projector,
          sparsity);
    }
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
