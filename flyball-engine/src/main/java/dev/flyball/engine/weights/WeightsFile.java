package dev.flyball.engine.weights;

import dev.flyball.kernels.WorkerTeam;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;

/**
 * A model's place in a {@link WeightsCache}.
 *
 * @param model whose weights they are
 */
public record WeightsFile(WeightsCache cache, ModelFingerprint model) {
  private static final System.Logger LOG = System.getLogger(WeightsFile.class.getName());
  private static final int NAME_DIGITS = 32;

  Path path() {
    return cache.folder().resolve(model.hex().substring(0, NAME_DIGITS) + WeightsFolder.SUFFIX);
  }

  /**
   * The weights of an earlier start, checked: every byte of the file is covered by a checksum, and
   * all are compared, the team reading at the memory's or disk's speed what the first step would
   * have to read anyway.
   *
   * @return nothing where there are none, or none to be trusted
   */
  Optional<CachedWeights> open(WorkerTeam team) {
    try {
      CachedWeights weights = CachedWeights.map(path(), model, team);
      markAsUsed();
      return Optional.of(weights);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (UntrustedWeightsException | IOException e) {
      LOG.log(
          Level.WARNING,
          "{0}: {1}; the weights are packed again and the file is replaced",
          path(),
          e.getMessage());
      return Optional.empty();
    }
  }

  void delete() {
    try {
      Files.deleteIfExists(path());
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} cannot be deleted: {1}", path(), e.toString());
    }
  }

  /** The time of change says which files were used longest ago. */
  private void markAsUsed() {
    try {
      Files.setLastModifiedTime(path(), FileTime.from(Instant.now()));
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "{0} is read-only and looks unused: {1}", path(), e.getMessage());
    }
  }
}
