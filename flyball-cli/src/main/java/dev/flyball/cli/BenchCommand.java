package dev.flyball.cli;

import dev.flyball.cli.bench.BenchFormat;
import dev.flyball.cli.bench.BenchedModel;
import dev.flyball.cli.bench.Processor;
import dev.flyball.cli.bench.SpeedResult;
import dev.flyball.cli.bench.SpeedTest;
import dev.flyball.cli.bench.SpeedTestRunner;
import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufSummary;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelFamilies;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
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
      names = {"-d", "--n-depth"},
      split = ",",
      paramLabel = "N",
      description = "Tokens that are in the cache before (default: 0)")
  private List<Integer> depths = List.of(0);

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
      description = "Timed runs of each test (default: ${DEFAULT-VALUE})")
  private int repetitions = 5;

  @Option(names = "--no-warmup", description = "Leave out the untimed run before each test")
  private boolean noWarmUp;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private BenchFormat format = BenchFormat.MD;

  BenchCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    if (repetitions < 1) {
      throw new UsageFailure("--repetitions must be at least 1");
    }
    List<SpeedTest> tests = UsageFailure.checked(this::tests);
    List<SpeedResult> results = new ArrayList<>();
    for (String model : models) {
      Path file = new ModelFiles(context).resolve(model);
      for (int threadCount : threads) {
        results.addAll(measure(file, threadCount, tests));
      }
    }
    format.print(results, context.out());
  }

  private List<SpeedTest> tests() {
    List<SpeedTest> tests = new ArrayList<>();
    for (int depth : depths) {
      for (int tokens : promptTokens) {
        if (tokens != 0) {
          tests.add(new SpeedTest(tokens, 0, depth));
        }
      }
      for (int tokens : generatedTokens) {
        if (tokens != 0) {
          tests.add(new SpeedTest(0, tokens, depth));
        }
      }
    }
    return tests;
  }

  private List<SpeedResult> measure(Path path, int threadCount, List<SpeedTest> tests) {
    Precision precision = exact ? Precision.EXACT : Precision.FAST;
    ModelOptions options =
        UsageFailure.checked(() -> new ModelOptions(threadCount, stepTokens, precision));
    List<SpeedResult> results = new ArrayList<>();
    try (GgufFile file = GgufFile.open(path);
        LanguageModel model = ModelFamilies.load(file, options)) {
      BenchedModel benched = describe(path, file, threadCount);
      SpeedTestRunner runner = new SpeedTestRunner(model, repetitions, !noWarmUp, context);
      for (SpeedTest test : tests) {
        Instant begin = context.clock().instant();
        results.add(new SpeedResult(benched, test, begin, runner.run(test)));
      }
    }
    return results;
  }

  private BenchedModel describe(Path path, GgufFile file, int threadCount) {
    GgufSummary summary = GgufSummary.of(file);
    long tensorBytes = summary.types().stream().mapToLong(GgufSummary.TypeShare::bytes).sum();
    return new BenchedModel(
        new BuildVersion().commit(),
        Processor.name(),
        path,
        summary,
        tensorBytes,
        stepTokens,
        threadCount);
  }
}
