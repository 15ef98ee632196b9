package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.LongWork;
import dev.flyball.cli.console.Progress;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.cli.evaluate.EvaluationFormat;
import dev.flyball.cli.evaluate.EvaluationResult;
import dev.flyball.cli.generate.CacheTypeOption;
import dev.flyball.cli.generate.SparsityOption;
import dev.flyball.engine.evaluate.BaseWriter;
import dev.flyball.engine.evaluate.Divergence;
import dev.flyball.engine.evaluate.DivergenceMeter;
import dev.flyball.engine.evaluate.Perplexity;
import dev.flyball.engine.evaluate.TextWindows;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufSummary;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flyball perplexity}. */
@Command(
    name = "perplexity",
    description = {
      "Measures how well a model predicts a text, as llama-perplexity does: the text is cut into"
          + " windows, and the second half of each is scored.",
      "With --kl it is compared with another model's predictions, which --kl-base wrote."
    })
final class PerplexityCommand implements Runnable {
  private final CommandContext context;

  @Parameters(paramLabel = "FILE", description = ModelFiles.PARAMETER_HELP)
  private String model = "";

  @Mixin private WindowedText text = new WindowedText();

  @Option(
      names = "--windows",
      paramLabel = "N",
      description = "Score the first N windows only (default: all)")
  private int maxWindows = Integer.MAX_VALUE;

  @Option(
      names = "--exact",
      description = "Plain path with F32 activations instead of generated code")
  private boolean exact;

  @Option(
      names = "--kl-base",
      paramLabel = "OUT",
      description = "Write the predictions, for others to be compared with")
  private @Nullable Path baseToWrite;

  @Option(
      names = "--kl",
      paramLabel = "BASE",
      description = "Compare with the predictions that --kl-base wrote of the same text")
  private @Nullable Path base;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private EvaluationFormat format = EvaluationFormat.TEXT;

  @Mixin private SparsityOption sparsity = new SparsityOption();
  @Mixin private CacheTypeOption cacheType = new CacheTypeOption();

  PerplexityCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    if (base != null && baseToWrite != null) {
      throw new UsageFailure("--kl-base writes a file and --kl reads one: give one of them");
    }
    WindowedText.requireWindows(maxWindows);
    ModelOptions options = UsageFailure.checked(this::options);
    Path path = new ModelFiles(context).resolve(model);
    String content = text.content(context);
    try (GgufFile file = GgufFile.open(path)) {
      TextWindows windows = text.windows(file, content, maxWindows);
      ModelOptions withGates =
          sparsity.value().map(w -> options.withGates(w.thresholds(path, file))).orElse(options);
      try (LanguageModel loaded = ModelFamilies.load(file, withGates)) {
        GgufSummary summary = GgufSummary.of(file);
        format.print(evaluate(loaded, windows, path, summary), context.out());
      }
    }
  }

  private ModelOptions options() {
    return text.options(exact ? Precision.EXACT : Precision.FAST).withCacheType(cacheType.value());
  }

  private EvaluationResult evaluate(
      LanguageModel loaded, TextWindows windows, Path path, GgufSummary summary) {
    int vocabulary = loaded.config().vocabularySize();
    try (LongWork work = new LongWork(context, path.toString(), Progress.Unit.STEPS)) {
      Perplexity.Listener shown = WindowedText.progress(work, windows);
      Perplexity perplexity;
      Optional<Divergence> divergence = Optional.empty();
      if (base != null) {
        try (DivergenceMeter meter = new DivergenceMeter(base, windows, vocabulary)) {
          perplexity = Perplexity.of(loaded, windows, meter.and(shown));
          divergence = Optional.of(meter.result());
        }
      } else if (baseToWrite != null) {
        try (BaseWriter writer = new BaseWriter(baseToWrite, windows, vocabulary)) {
          perplexity = Perplexity.of(loaded, windows, writer.and(shown));
        }
      } else {
        perplexity = Perplexity.of(loaded, windows, shown);
      }
      return new EvaluationResult(path, summary, windows, exact, perplexity, divergence);
    }
  }
}
