package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.console.LongWork;
import dev.flyball.cli.console.Progress;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.evaluate.Perplexity;
import dev.flyball.engine.evaluate.TextWindows;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufFingerprint;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.engine.sparsity.GateMagnitudes;
import dev.flyball.engine.sparsity.SparsityTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flyball calibrate}. */
@Command(
    name = "calibrate",
    description = {
      "Reads a text with a model and notes how far the gates of its feed forward networks open, so"
          + " that --sparsity can skip those that are all but shut.",
      "The text should be like what the model will be used for; 20,000 tokens are plenty."
    })
final class CalibrateCommand implements Runnable {
  private final CommandContext context;

  @Parameters(paramLabel = "FILE", description = ModelFiles.PARAMETER_HELP)
  private String model = "";

  @Mixin private WindowedText text = new WindowedText();

  @Option(
      names = "--table",
      paramLabel = "FILE",
      description = "The file to write (default: MODEL.sparsity, beside the model)")
  private @Nullable Path table;

  @Option(
      names = "--windows",
      paramLabel = "N",
      description = "Read the first N windows only (default: ${DEFAULT-VALUE})")
  private int maxWindows = 64;

  @Option(names = "--force", description = "Replace a file that is there already")
  private boolean force;

  CalibrateCommand(CommandContext context) {
    this.context = context;
  }

  @Override
  public void run() {
    WindowedText.requireWindows(maxWindows);
    Path path = new ModelFiles(context).resolve(model);
    Path target = table == null ? SparsityTable.beside(path) : table;
    if (Files.exists(target) && !force) {
      throw new CommandFailure(target + " is there already; --force replaces it");
    }
    GateMagnitudes magnitudes = new GateMagnitudes();
    ModelOptions options = UsageFailure.checked(() -> options(magnitudes));
    String content = text.content(context);
    try (GgufFile file = GgufFile.open(path)) {
      TextWindows windows = text.windows(file, content, maxWindows);
      String fingerprint = GgufFingerprint.of(file);
      try (LanguageModel loaded = ModelFamilies.load(file, options)) {
        read(loaded, windows, path);
      }
      long tokens = (long) windows.windows() * windows.windowTokens();
      new SparsityTable(fingerprint, tokens, magnitudes.percentiles()).write(target);
      context
          .err()
          .printf(Locale.ROOT, "%d tokens read, %d networks%n", tokens, magnitudes.networks());
    }
    context.out().println(target);
  }

  private ModelOptions options(GateMagnitudes magnitudes) {
    return text.options(Precision.FAST).withGates(magnitudes);
  }

  private void read(LanguageModel loaded, TextWindows windows, Path path) {
    try (LongWork work = new LongWork(context, path.toString(), Progress.Unit.STEPS)) {
      Perplexity.of(loaded, windows, WindowedText.progress(work, windows));
    }
  }
}
