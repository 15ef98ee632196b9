package dev.flyball.engine.cache;

import java.nio.file.Path;

/**
 * Where keys and values that memory has no room for are kept, also over restarts: one file for each
 * model.
 *
 * @param path a directory; made where there is none
 * @param limitBytes of the file of one model
 */
public record CacheDirectory(Path path, long limitBytes) {
  public static final long DEFAULT_LIMIT_BYTES = 4L << 30;

  public CacheDirectory {
    requireLimit(limitBytes);
  }

  /**
   * The limit, where it can be one.
   *
   * @throws IllegalArgumentException where it cannot
   */
  public static long requireLimit(long limitBytes) {
    if (limitBytes < 1 << 20) {
      throw new IllegalArgumentException("the limit must be at least 1 MiB");
    }
    return limitBytes;
  }
}
