package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvStorage;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.arithmetic.Arithmetic;
import dev.flyball.engine.weights.ExpertStore;
import dev.flyball.engine.weights.PackedWeights;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.simd.InstructionSet;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Chooses what models compute with. */
public final class Arithmetics {
  private static final System.Logger LOG = System.getLogger(Arithmetics.class.getName());
  private static final AtomicBoolean WARNED = new AtomicBoolean();

  private Arithmetics() {}

  /** The arithmetic that the options ask for, as far as this machine has it. */
  static Arithmetic of(ModelOptions options, WorkerTeam team, int maxColumns) {
    Optional<InstructionSet> level = options.level();
    int maxTokens = options.maxBatchTokens();
    if (level.isPresent()) {
      Optional<ExpertStore> experts =
          options.experts().map(storage -> new ExpertStore(storage, level.get()));
      PackedWeights weights =
          new PackedWeights(
              experts.isPresent() ? Optional.empty() : options.weightsFile(), level.get(), team);
      return Arithmetic.generated(level.get(), team, weights, experts, maxTokens, maxColumns);
    }
    if (options.precision() == Precision.FAST && WARNED.compareAndSet(false, true)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "No generated code here: {0}=plain is set, or this {1} machine has neither AVX2 nor (under Linux) NEON with"
              + " dot products, or its memory cannot be made executable. Models run in plain Java, many times slower.",
          InstructionSet.VARIABLE,
          System.getProperty("os.arch"));
    }
    return Arithmetic.exact(team, maxTokens, maxColumns);
  }

  /**
   * How the cache of a model is stored. Unless the options say otherwise: halves are as exact as
   * quantised weights deserve; weights that are floats get a cache of floats. Plain Java has floats
   * only.
   */
  public static KvStorage storage(ModelOptions options, boolean quantised) {
    if (options.level().isEmpty()) {
      return KvStorage.HEAP_F32;
    }
    return switch (options.cacheType()) {
      case AUTOMATIC -> quantised ? KvStorage.NATIVE_F16 : KvStorage.NATIVE_F32;
      case F32, F16, Q8_0, Q8_0_Q4_0, Q4_0 -> options.cacheType().inNativeMemory();
    };
  }
}
