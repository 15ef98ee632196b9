package dev.flyball.engine.model;

import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.model.arithmetic.InputObserver;
import dev.flyball.engine.sparsity.GateUse;
import dev.flyball.engine.weights.ExpertStorage;
import dev.flyball.engine.weights.WeightsFile;
import dev.flyball.kernels.simd.InstructionSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a model is to be run.
 *
 * @param threads threads that compute, the calling one included; 0: one for each processor that
 *     this process may use
 * @param maxBatchTokens most tokens of one step; scratch memory grows with it
 * @param precision what is given up for speed
 * @param forcedLevel the level of {@link Precision#FAST}, to be one that this machine can run;
 *     nothing: {@link InstructionSet#ofThisProcess()}
 * @param cacheType how generated code keeps keys and values
 * @param contextLength most tokens of one sequence, which models that stretch their positions by it
 *     are to know; 0: as many as the model can have
 * @param weightsFile where this model's packed weights are kept from start to start; nothing: not
 *     at all
 * @param experts where generated code reads experts from when steps need them; nothing: all of them
 *     are in memory
 * @param observer sees what matrices are multiplied by; nothing: nobody does
 * @param gates what becomes of the gates of feed forward networks
 */
public record ModelOptions(
    int threads,
    int maxBatchTokens,
    Precision precision,
    Optional<InstructionSet> forcedLevel,
    CacheType cacheType,
    int contextLength,
    Optional<WeightsFile> weightsFile,
    Optional<ExpertStorage> experts,
    Optional<InputObserver> observer,
    GateUse gates) {
  /** What is given up for speed. */
  public enum Precision {
    /** Plain Java: activations and cache in F32. */
    EXACT,
    /**
     * Generated code: quantised weights meet activations in 8 bits, and their cache is in F16 or
     * less. Where this machine runs no generated code, as {@link #EXACT}.
     */
    FAST
  }

  /** The longest step. */
  public static final int MAX_BATCH_TOKENS = 8192;

  public static final ModelOptions DEFAULT = new ModelOptions(0, 256, Precision.EXACT);

  public ModelOptions {
    if (threads < 0 || threads > 1024) {
      throw new IllegalArgumentException("threads must be 0 to 1024");
    }
    if (maxBatchTokens < 1 || maxBatchTokens > MAX_BATCH_TOKENS) {
      throw new IllegalArgumentException("the tokens of a step must be 1 to " + MAX_BATCH_TOKENS);
    }
    if (contextLength < 0) {
      throw new IllegalArgumentException("the context length must not be negative");
    }
    if (forcedLevel.isPresent()) {
      List<InstructionSet> supported = InstructionSet.supported();
      if (!supported.contains(forcedLevel.get())) {
        throw new IllegalArgumentException(
            "level " + forcedLevel.get() + " is not among what this machine can run: " + supported);
      }
    }
  }

  /** With the usual cache. */
  public ModelOptions(
      int threads, int maxBatchTokens, Precision precision, Optional<InstructionSet> forcedLevel) {
    this(
        threads,
        maxBatchTokens,
        precision,
        forcedLevel,
        CacheType.AUTOMATIC,
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        GateUse.ALL_OPEN);
  }

  /** On the level of this process. */
  public ModelOptions(int threads, int maxBatchTokens, Precision precision) {
    this(threads, maxBatchTokens, precision, Optional.empty());
  }

  /** Exact. */
  public ModelOptions(int threads, int maxBatchTokens) {
    this(threads, maxBatchTokens, Precision.EXACT);
  }

  /** The generated code to run; nothing: plain Java. */
  Optional<InstructionSet> level() {
    return switch (precision) {
      case EXACT -> Optional.empty();
      case FAST -> forcedLevel.or(InstructionSet::ofThisProcess);
    };
  }

  /** The default with another number of threads. */
  public static ModelOptions threads(int threads) {
    return new ModelOptions(threads, DEFAULT.maxBatchTokens, DEFAULT.precision);
  }

  /** These with another type of cache. */
  public ModelOptions withCacheType(CacheType type) {
    return with(copy -> copy.cacheType = type);
  }

  /** These with another context length. */
  public ModelOptions withContextLength(int tokens) {
    return with(copy -> copy.contextLength = tokens);
  }

  /** These with so many tokens in a step. */
  public ModelOptions withMaxBatchTokens(int tokens) {
    return with(copy -> copy.maxBatchTokens = tokens);
  }

  /** These with a place for the packed weights. */
  public ModelOptions withWeightsFile(Optional<WeightsFile> file) {
    return with(copy -> copy.weightsFile = file);
  }

  /** These with experts that are read when steps need them. */
  public ModelOptions withExperts(Optional<ExpertStorage> storage) {
    return with(copy -> copy.experts = storage);
  }

  /** These with somebody who sees what matrices are multiplied by. */
  public ModelOptions withObserver(InputObserver seeing) {
    return with(copy -> copy.observer = Optional.of(seeing));
  }

  /** These with another use of gates. */
  public ModelOptions withGates(GateUse use) {
    return with(copy -> copy.gates = use);
  }

  private ModelOptions with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.toRecord();
  }

  /** A copy under way: the one place beside the record that knows all components. */
  private static final class Copy {
    private final int threads;
    private int maxBatchTokens;
    private final Precision precision;
    private final Optional<InstructionSet> forcedLevel;
    private CacheType cacheType;
    private int contextLength;
    private Optional<WeightsFile> weightsFile;
    private Optional<ExpertStorage> experts;
    private Optional<InputObserver> observer;
    private GateUse gates;

    Copy(ModelOptions of) {
      threads = of.threads;
      maxBatchTokens = of.maxBatchTokens;
      precision = of.precision;
      forcedLevel = of.forcedLevel;
      cacheType = of.cacheType;
      contextLength = of.contextLength;
      weightsFile = of.weightsFile;
      experts = of.experts;
      observer = of.observer;
      gates = of.gates;
    }

    ModelOptions toRecord() {
      return new ModelOptions(
          threads,
          maxBatchTokens,
          precision,
          forcedLevel,
          cacheType,
          contextLength,
          weightsFile,
          experts,
          observer,
          gates);
    }
  }
}
