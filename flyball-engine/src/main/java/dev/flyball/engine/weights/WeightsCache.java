package dev.flyball.engine.weights;

import dev.flyball.engine.gguf.GgufFile;
import java.nio.file.Path;

/**
 * A folder of packed weights, a file for each model, from which a second start maps them. Several
 * processes may use one folder at the same time.
 *
 * @param folder made where it is missing
 * @param limitBytes what all files together may take; those used longest ago are deleted for new
 *     ones, and what is larger for itself is not kept
 */
public record WeightsCache(Path folder, long limitBytes) {
  /** 64 GiB. */
  public static final long DEFAULT_LIMIT_BYTES = 64L << 30;

  public WeightsCache {
    if (limitBytes < 1) {
      throw new IllegalArgumentException("the weights cache's limit must be positive");
    }
  }

  /** Where a model's packed weights are, or would be. */
  public WeightsFile fileOf(GgufFile model) {
    return new WeightsFile(this, ModelFingerprint.of(model.parts()));
  }
}
