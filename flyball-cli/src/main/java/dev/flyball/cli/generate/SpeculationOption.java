package dev.flyball.cli.generate;

import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.speculate.DraftFiles;
import dev.flyball.engine.speculate.SpeculationMode;
import dev.flyball.engine.speculate.SpeculationOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --speculate}, {@code --draft} and {@code --draft-width}, wherever a model is loaded. */
public final class SpeculationOption {
  @Option(
      names = "--speculate",
      paramLabel = "HOW",
      description =
          "Tokens guessed ahead: auto, by the draft model and by what the text repeats, where that"
              + " gains time (default); ngram or draft, one of these only; off")
  private @Nullable String mode;

  @Option(
      names = "--draft",
      paramLabel = "[MODEL=]FILE",
      description =
          "A small model with the same vocabulary that guesses tokens ahead, of one MODEL or of all"
              + " that it fits; may be given several times")
  private List<String> drafts = List.of();

  @Option(
      names = "--draft-width",
      paramLabel = "N",
      description =
          "Guesses verified at one place: 1, the likeliest; 2, another one beside it where that"
              + " gains time (default)")
  private @Nullable Integer width;

  /** The options that were given, the usual ones where they were not. */
  public SpeculationOptions over(SpeculationOptions usual) {
    return UsageFailure.checked(
        () ->
            SpeculationOptions.of(
                    mode == null ? usual.mode() : SpeculationMode.of(mode),
                    drafts.isEmpty() ? usual.drafts() : draftFiles())
                .withWidth(width == null ? usual.width() : width)
                .requireDraft());
  }

  private DraftFiles draftFiles() {
    DraftFiles files = DraftFiles.parse(drafts);
    for (Path file : files.files()) {
      if (!Files.isRegularFile(file)) {
        throw new UsageFailure("--draft " + file + ": there is no such file");
      }
    }
    return files;
  }
}
