package dev.flyball.cli.generate;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.weights.WeightsCache;
import dev.flyball.server.ServerConfig;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --weights-cache}, wherever a model is loaded. */
public final class WeightsCacheOption {
  @Option(
      names = "--weights-cache",
      paramLabel = "FOLDER",
      description =
          "Keep packed weights here, so that the next start maps them (default: FLYBALL_WEIGHTS_CACHE,"
              + " or not at all)")
  private @Nullable Path folder;

  /** The cache that was asked for, here or by the environment. */
  public Optional<WeightsCache> value(CommandContext context) {
    return UsageFailure.checked(
        () -> ServerConfig.weightsCache(context.variables(), Optional.ofNullable(folder)));
  }
}
