package dev.flyball.cli.generate;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.weights.ExpertOptions;
import dev.flyball.server.ServerConfig;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --experts}, wherever a model is loaded. */
public final class ExpertsOption {
  @Option(
      names = "--experts",
      paramLabel = "PLACE",
      description =
          "Where experts lie: memory, disk (read when needed, kept in the memory that is free, or in"
              + " disk:MIB), or auto: on disk where memory is short (default: FLYBALL_EXPERTS, or"
              + " auto)")
  private @Nullable String place;

  /** What was asked for, here or by the environment. */
  public ExpertOptions value(CommandContext context) {
    return UsageFailure.checked(
        () -> ServerConfig.experts(context.variables(), Optional.ofNullable(place)));
  }
}
