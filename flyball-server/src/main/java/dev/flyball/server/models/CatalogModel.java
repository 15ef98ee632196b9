package dev.flyball.server.models;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * A model that is on disk.
 *
 * @param name what people call it: {@code OWNER/REPO:QUANT} or the file's name without {@code
 *     .gguf}
 * @param files its file, or the parts of a split one in order
 * @param bytes size of all files
 * @param modified when the newest file was written
 */
public record CatalogModel(String name, List<Path> files, long bytes, Instant modified) {
  public CatalogModel {
    files = List.copyOf(files);
    if (files.isEmpty()) {
      throw new IllegalArgumentException("a model has at least one file: " + name);
    }
  }

  /** The file to open: the only one, or the first part. */
  public Path file() {
    return files.getFirst();
  }
}
