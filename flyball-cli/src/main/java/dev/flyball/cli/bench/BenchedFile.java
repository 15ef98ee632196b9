package dev.flyball.cli.bench;

import dev.flyball.cli.console.Amounts;
import dev.flyball.cli.console.CommandContext;
import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufSummary;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.engine.sparsity.GateThresholds;
import dev.flyball.engine.sparsity.SparsityWish;
import dev.flyball.engine.weights.ExpertCounters;
import dev.flyball.engine.weights.ExpertOptions;
import dev.flyball.engine.weights.ExpertPlacement;
import dev.flyball.engine.weights.ExpertStorage;
import dev.flyball.engine.weights.WeightsCache;
import dev.flyball.kernels.limits.MachineLimits;
import dev.flyball.kernels.simd.InstructionSet;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Loads a model file and runs tests on it.
 *
 * @param build the commit that was built
 * @param path the file
 * @param options how the model is run
 * @param weights where packed weights are kept; nothing: not at all
 * @param experts where experts lie; those on disk have memory that is said
 * @param sparsity how much of gated networks is skipped; nothing: none of it
 * @param repetitions timed runs of each test
 * @param warmUp whether an untimed round goes before them
 * @param limits the level to measure the machine's limits with; nothing: not at all
 */
public record BenchedFile(
    String build,
    Path path,
    ModelOptions options,
    Optional<WeightsCache> weights,
    ExpertOptions experts,
    Optional<SparsityWish> sparsity,
    int repetitions,
    boolean warmUp,
    Optional<InstructionSet> limits) {

  /** The tests' results, in their order. */
  public List<SpeedResult> run(List<SpeedTest> tests, CommandContext context) {
    PeakMemory peak = new PeakMemory();
    long begin = System.nanoTime();
    try (GgufFile file = GgufFile.open(path)) {
      Optional<GateThresholds> gates = sparsity.map(wish -> wish.thresholds(path, file));
      try (LanguageModel model = load(file, gates)) {
        List<SpeedResult> results = run(tests, context, file, model, peak, begin);
        gates.ifPresent(thresholds -> tell(thresholds, context));
        return results;
      }
    }
  }

  private static void tell(GateThresholds thresholds, CommandContext context) {
    context
        .err()
        .printf(
            Locale.ROOT,
            "sparsity %.2f: %.1f %% of the neurons that steps of one token met were skipped%n",
            thresholds.share(),
            100.0 * thresholds.skipped() / Math.max(1, thresholds.neurons()));
  }

  private List<SpeedResult> run(
      List<SpeedTest> tests,
      CommandContext context,
      GgufFile file,
      LanguageModel model,
      PeakMemory peak,
      long begin) {
    long loadNanos = System.nanoTime() - begin;
    Instant time = context.clock().instant();
    var runner = new SpeedTestRunner(model, repetitions, warmUp, context);
    List<long[]> samples;
    Optional<MachineLimits> machine = Optional.empty();
    if (limits.isPresent()) {
      try (LimitLog log = new LimitLog(limits.get(), options.threads())) {
        samples = runner.run(tests, () -> peak.without(log::measure));
        machine = Optional.of(log.medians());
      }
    } else {
      samples = runner.run(tests, () -> {});
    }
    model.experts().ifPresent(counters -> print(counters, context));
    ModelRun run = new ModelRun(describe(file), loadNanos, peak.bytes(), machine);
    KvShape cache = ModelFamilies.outline(file, options).cacheShape();
    ModelWork work = ModelWork.of(file, cache.bytesPerToken());
    List<SpeedResult> results = new ArrayList<>();
    for (int i = 0; i < tests.size(); i++) {
      OptionalDouble limit = limit(work, tests.get(i), machine);
      results.add(new SpeedResult(run, tests.get(i), time, samples.get(i), limit));
    }
    return results;
  }

  private LanguageModel load(GgufFile file, Optional<GateThresholds> gates) {
    Optional<ExpertStorage> onDisk =
        experts.placement() == ExpertPlacement.DISK
            ? Optional.of(new ExpertStorage(file, experts.memoryBytes()))
            : Optional.empty();
    ModelOptions placed =
        options.withWeightsFile(weights.map(cache -> cache.fileOf(file))).withExperts(onDisk);
    return ModelFamilies.load(file, gates.map(placed::withGates).orElse(placed));
  }

  private static void print(ExpertCounters experts, CommandContext context) {
    context
        .err()
        .printf(
            Locale.ROOT,
            "experts: memory for %d of %d, %d found there, %d read (%s), %.1f s waited for them%n",
            experts.heldAtMost(),
            experts.experts(),
            experts.hits(),
            experts.misses(),
            Amounts.bytes(experts.readBytes()),
            experts.waitNanos() / 1e9);
  }

  private OptionalDouble limit(ModelWork work, SpeedTest test, Optional<MachineLimits> machine) {
    return machine.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            work.limitTokensPerSecond(test, options.maxBatchTokens(), machine.get()));
  }

  private BenchedModel describe(GgufFile file) {
    GgufSummary summary = GgufSummary.of(file);
    long tensorBytes = summary.types().stream().mapToLong(GgufSummary.TypeShare::bytes).sum();
    return new BenchedModel(
        build,
        Processor.name(),
        path,
        summary,
        tensorBytes,
        options.maxBatchTokens(),
        options.threads());
  }
}
