package dev.flyball.cli.generate;

import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.speculate.SpeculationMode;
import dev.flyball.engine.speculate.SpeculationOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --speculate} and {@code --draft}, wherever a model is loaded. */
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
      paramLabel = "FILE",
      description = "A small model with the same vocabulary that guesses tokens ahead")
  private @Nullable Path draft;

  /** The options that were given, the usual ones where they were not. */
  public SpeculationOptions over(SpeculationOptions usual) {
    if (draft != null && !Files.isRegularFile(draft)) {
      throw new UsageFailure("--draft " + draft + ": there is no such file");
    }
    return UsageFailure.checked(
        () ->
            new SpeculationOptions(
                mode == null ? usual.mode() : SpeculationMode.of(mode),
                Optional.ofNullable(draft).or(usual::draft)));
  }
}
