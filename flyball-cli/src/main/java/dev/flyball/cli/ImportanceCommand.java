package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.console.LongWork;
import dev.flyball.cli.console.Progress;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.evaluate.TextWindows;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.engine.quantize.ImportanceMatrix;
import dev.flyball.engine.quantize.ImportanceMatrixFile;
import dev.flyball.engine.quantize.ImportanceMeter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flyball imatrix}. */
@Command(
    name = "imatrix",
    description = {
      "Lets a model read a text and writes how much the columns of its matrices matter, for"
          + " quantize --imatrix, as llama-imatrix does.",
      "Take a model that is not quantised, and a text like those it will be used for."
    })
final class ImportanceCommand implements Runnable {
  private final CommandContext context;

  @Parameters(paramLabel = "FILE", description = ModelFiles.PARAMETER_HELP)
  private String model = "";

  @Mixin private WindowedText text = new WindowedText();

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "OUT",
      description = "The file to write")
  private Path target = Path.of("");

  @Option(
      names = "--windows",
      paramLabel = "N",
      description = "Read the first N windows only (default: all)")
  private int maxWindows = Integer.MAX_VALUE;

  @Option(
      names = "--exact",
      description = "Plain path with F32 activations instead of generated code")
  private boolean exact;

  @Option(names = "--force", description = "Replace a file that is there already")
  private boolean force;

  ImportanceCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    WindowedText.requireWindows(maxWindows);
    if (Files.exists(target) && !force) {
      throw new CommandFailure(target + " is there already; --force replaces it");
    }
    Path path = new ModelFiles(context).resolve(model);
    String content = text.content(context);
    try (GgufFile file = GgufFile.open(path)) {
      TextWindows windows = text.windows(file, content, maxWindows);
      ImportanceMeter meter = new ImportanceMeter(file);
      ModelOptions options = UsageFailure.checked(() -> options(meter));
      try (LanguageModel loaded = ModelFamilies.load(file, options);
          LongWork work = new LongWork(context, path.toString(), Progress.Unit.STEPS)) {
        meter.read(loaded, windows, work::advanceTo);
      }
      ImportanceMatrix matrix = meter.result(text.name());
      ImportanceMatrixFile.write(matrix, target);
      context
          .err()
          .printf(
              Locale.ROOT,
              "%d tensors, %d windows of %d tokens%n",
              matrix.tensors().size(),
              matrix.chunks(),
              matrix.chunkTokens());
    }
    context.out().println(target);
  }

  private ModelOptions options(ImportanceMeter meter) {
    return text.options(exact ? Precision.EXACT : Precision.FAST).withObserver(meter);
  }
}
