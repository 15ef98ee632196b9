package dev.flyball.cli;

import dev.flyball.cli.bench.BenchFormat;
import dev.flyball.cli.bench.BenchedFile;
import dev.flyball.cli.bench.DraftedFile;
import dev.flyball.cli.bench.DraftedResult;
import dev.flyball.cli.bench.SpeedResult;
import dev.flyball.cli.bench.SpeedTest;
import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.cli.generate.CacheTypeOption;
import dev.flyball.cli.generate.ExpertsOption;
import dev.flyball.cli.generate.SparsityOption;
import dev.flyball.cli.generate.WeightsCacheOption;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.LocalEngines;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.weights.ExpertOptions;
import dev.flyball.engine.weights.ExpertPlacement;
import dev.flyball.engine.weights.WeightsCache;
import dev.flyball.kernels.simd.InstructionSet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flyball bench}. */
@Command(
    name = "bench",
    description = {
      "Measures how fast a model reads prompts (pp) and generates (tg), like llama-bench.",
      "Options take lists, such as -t 1,2; every combination is measured."
    })
final class BenchCommand implements Runnable {
  private final CommandContext context;

  @Option(
      names = "--exact",
      description = "Plain path with F32 activations instead of generated code")
  private boolean exact;

  @Option(
      names = {"-m", "--model"},
      split = ",",
      paramLabel = "FILE",
      description = ModelFiles.PARAMETER_HELP + " (default: ${DEFAULT-VALUE})")
  private List<String> models = List.of(DemoModel.NAME);

  @Option(
      names = {"-p", "--n-prompt"},
      split = ",",
      paramLabel = "N",
      description = "Tokens of a prompt, 0: no such test (default: 512)")
  private List<Integer> promptTokens = List.of(512);

  @Option(
      names = {"-n", "--n-gen"},
      split = ",",
      paramLabel = "N",
      description = "Tokens to generate, 0: no such test (default: 128)")
  private List<Integer> generatedTokens = List.of(128);

  @Option(
      names = {"-d", "--depth", "--n-depth"},
      split = ",",
      paramLabel = "N",
      description = "Tokens that are in the cache before (default: 0)")
  private List<Integer> depths = List.of(0);

  @Option(
      names = "--batch",
      split = ",",
      paramLabel = "N",
      description = "Sequences that generate at once, speeds being those of all (default: 1)")
  private List<Integer> batches = List.of(1);

  @Option(
      names = {"-b", "--batch-size"},
      paramLabel = "N",
      description = "Most tokens of a step (default: ${DEFAULT-VALUE})")
  private int stepTokens = 512;

  @Option(
      names = {"-t", "--threads"},
      split = ",",
      paramLabel = "N",
      description = "Threads that compute (default: one a processor)")
  private List<Integer> threads = List.of(Runtime.getRuntime().availableProcessors());

  @Option(
      names = {"-r", "--repetitions"},
      paramLabel = "N",
      description = "Timed rounds over all tests (default: ${DEFAULT-VALUE})")
  private int repetitions = 5;

  @Option(
      names = "--no-warmup",
      description =
          "Leave out the warm-up: an untimed round before the tests, and short steps until three seconds are over")
  private boolean noWarmUp;

  @Option(
      names = "--limits",
      description =
          "Measure what this machine can do at best and show each result as a share of it")
  private boolean limits;

  @Option(
      names = "--draft",
      paramLabel = "FILE",
      description =
          "Instead, answers with and without this draft model: speeds, and how many guesses were"
              + " right")
  private @Nullable Path draft;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private BenchFormat format = BenchFormat.MD;

  @Mixin private CacheTypeOption cacheType = new CacheTypeOption();

  @Mixin private SparsityOption sparsity = new SparsityOption();

  @Mixin private WeightsCacheOption weightsCache = new WeightsCacheOption();

  @Mixin private ExpertsOption experts = new ExpertsOption();

  BenchCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    if (repetitions < 1) {
      throw new UsageFailure("--repetitions must be at least 1");
    }
    if (draft != null) {
      benchDraft(draft);
      return;
    }
    List<SpeedTest> tests = UsageFailure.checked(this::tests);
    Optional<InstructionSet> level = limits ? Optional.of(limitLevel()) : Optional.empty();
    Precision precision = exact ? Precision.EXACT : Precision.FAST;
    Optional<WeightsCache> weights = weightsCache.value(context);
    ExpertOptions expertOptions = experts();
    List<SpeedResult> results = new ArrayList<>();
    for (String model : models) {
      Path file = new ModelFiles(context).resolve(model);
      for (int threadCount : threads) {
        ModelOptions options =
            UsageFailure.checked(
                () ->
                    new ModelOptions(threadCount, stepTokens, precision)
                        .withCacheType(cacheType.value()));
        String build = new BuildVersion().commit();
        results.addAll(
            new BenchedFile(
                    build,
                    file,
                    options,
                    weights,
                    expertOptions,
                    sparsity.value(),
                    repetitions,
                    !noWarmUp,
                    level)
                .run(tests, context));
      }
    }
    format.print(results, context.out());
  }

  private ExpertOptions experts() {
    ExpertOptions options = experts.value(context);
    if (options.placement() == ExpertPlacement.DISK && options.memoryBytes() == 0) {
      throw new UsageFailure("bench needs --experts disk:MIB, with the memory that they may take");
    }
    return options;
  }

  private void benchDraft(Path draftFile) {
    if (!Files.isRegularFile(draftFile)) {
      throw new UsageFailure("--draft " + draftFile + ": there is no such file");
    }
    if (exact || limits || !List.of(0).equals(depths)) {
      throw new UsageFailure("--draft measures whole answers: without --exact, --limits and -d");
    }
    boolean table = format == BenchFormat.MD;
    if (!table && format != BenchFormat.JSON) {
      throw new UsageFailure("--draft writes -o md or json");
    }
    List<DraftedResult> results = new ArrayList<>();
    for (String model : models) {
      Path file = new ModelFiles(context).resolve(model);
      for (int threadCount : threads) {
        EngineOptions options = draftOptions(threadCount);
        DraftedFile drafted = new DraftedFile(file, draftFile, options, repetitions);
        for (int tokens : generatedTokens) {
          results.addAll(drafted.run(new LocalEngines(), tokens, batches));
        }
      }
    }
    if (table) {
      DraftedResult.printTable(results, context.out());
    } else {
      DraftedResult.printJson(results, context.out());
    }
  }

  private EngineOptions draftOptions(int threadCount) {
    int atOnce = Collections.max(batches);
    int longest = Collections.max(generatedTokens);
    if (Collections.min(batches) < 1 || Collections.min(generatedTokens) < 1) {
      throw new UsageFailure("--draft needs at least one token (-n) and one sequence (--batch)");
    }
    return UsageFailure.checked(
        () ->
            new EngineOptions(longest + DraftedFile.MOST_PROMPT_TOKENS, atOnce, atOnce, threadCount)
                .withCacheType(cacheType.value())
                .withSparsity(sparsity.value())
                .withWeightsCache(weightsCache.value(context)));
  }

  private static InstructionSet limitLevel() {
    return InstructionSet.ofThisProcess()
        .orElseThrow(
            () ->
                new UsageFailure(
                    "--limits measures with generated code, which this process does not run"));
  }

  private List<SpeedTest> tests() {
    List<SpeedTest> tests = new ArrayList<>();
    for (int depth : depths) {
      promptTokens.stream()
          .filter(tokens -> tokens != 0)
          .forEach(tokens -> tests.add(new SpeedTest(tokens, 0, depth, 1)));
      for (int tokens : generatedTokens) {
        if (tokens != 0) {
          batches.forEach(batch -> tests.add(generation(tokens, depth, batch)));
        }
      }
    }
    if (tests.isEmpty()) {
      throw new IllegalArgumentException("-p and -n are 0: there is nothing to measure");
    }
    return tests;
  }

  private SpeedTest generation(int tokens, int depth, int batch) {
    if (batch < 1 || batch > stepTokens) {
      throw new IllegalArgumentException(
          "--batch %d should be 1 to the tokens of a step, %d".formatted(batch, stepTokens));
    }
    return new SpeedTest(0, tokens, depth, batch);
  }
}
