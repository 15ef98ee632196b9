package dev.flyball.cli.generate;

import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.sparsity.SparsityWish;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --sparsity}, wherever a model is loaded. */
public final class SparsityOption {
  @Option(
      names = "--sparsity",
      paramLabel = "SHARE",
      description =
          "Skip about this share of the neurons of gated feed forward networks, 0 to 0.99: faster"
              + " and less exact; `flyball calibrate` first (default: 0)")
  private @Nullable Double share;

  @Option(
      names = "--sparsity-table",
      paramLabel = "FILE",
      description = "What flyball calibrate wrote (default: MODEL.sparsity, beside the model)")
  private @Nullable Path table;

  /** What was asked for; nothing: all neurons are computed. */
  public Optional<SparsityWish> value() {
    return over(Optional.empty());
  }

  /** What was asked for here, or else {@code usual}. */
  public Optional<SparsityWish> over(Optional<SparsityWish> usual) {
    Double wanted = share;
    if (wanted == null) {
      return usual;
    }
    if (wanted == 0) {
      return Optional.empty();
    }
    return Optional.of(
        UsageFailure.checked(() -> new SparsityWish(wanted, Optional.ofNullable(table))));
  }
}
