package dev.flyball.engine.sparsity;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufFingerprint;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How much of a model's gated networks is to be skipped.
 *
 * @param share of neurons, above 0 and at most {@value #MOST}
 * @param table what is known of the model's gates; nothing: the file beside the model
 */
public record SparsityWish(double share, Optional<Path> table) {
  public static final double MOST = 0.99;

  public SparsityWish {
    if (!(share > 0 && share <= MOST)) {
      throw new IllegalArgumentException("the sparsity must be above 0 and at most " + MOST);
    }
  }

  /**
   * The thresholds for a model.
   *
   * @throws EngineException FILE_UNREADABLE, FILE_CORRUPT; INVALID_INPUT where the table is of
   *     another model
   */
  public GateThresholds thresholds(Path path, GgufFile model) {
    Path file = table.orElseGet(() -> SparsityTable.beside(path));
    SparsityTable known = SparsityTable.read(file);
    if (!known.model().equals(GgufFingerprint.of(model))) {
      throw new EngineException(
          EngineError.INVALID_INPUT,
          "%s: was made for another model than %s, or for another version of it; make it anew with"
                  .formatted(file, path)
              + " `flyball calibrate`");
    }
    return known.thresholds(share);
  }
}
