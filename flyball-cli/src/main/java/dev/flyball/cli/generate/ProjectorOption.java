package dev.flyball.cli.generate;

import dev.flyball.cli.console.UsageFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --mmproj}. */
public final class ProjectorOption {
  @Option(
      names = "--mmproj",
      paramLabel = "FILE",
      description =
          "The projector (GGUF) with which the model, of several the first, takes images (default:"
              + " the only mmproj*.gguf beside the model's file, if there is one)")
  private @Nullable Path file;

  /** The file given, or else the usual one. */
  public Optional<Path> over(Optional<Path> usual) {
    if (file != null && !Files.isReadable(file)) {
      throw new UsageFailure("--mmproj: there is no file " + file);
    }
    return Optional.ofNullable(file).or(() -> usual);
  }
}
