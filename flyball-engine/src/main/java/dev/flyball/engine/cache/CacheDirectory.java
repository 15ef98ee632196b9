package dev.flyball.engine.cache;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Where keys and values that memory has no room for are kept, also over restarts: one file for each
 * model and storage. All files together take at most {@value #FILES} times the limit of one: those
 * of models that were not used for longest are removed.
 *
 * @param path a directory; made where there is none
 * @param limitBytes of one file
 */
public record CacheDirectory(Path path, long limitBytes) {
  public static final long DEFAULT_LIMIT_BYTES = 4L << 30;

  private static final Logger LOG = System.getLogger(CacheDirectory.class.getName());
  private static final int FILES = 4;

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

  private record KeptFile(Path path, long bytes, FileTime used) {}

  /**
   * Marks files as used, and removes others, the least recently used first, until all have room
   * beside them. Where an engine still has such a file open, it goes on and leaves nothing behind.
   */
  void removeOldest(List<Path> used) throws IOException {
    for (Path file : used) {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    }
    List<KeptFile> others = others(used);
    long bytes = others.stream().mapToLong(KeptFile::bytes).sum();
    for (KeptFile file : others) {
      if (bytes / (FILES - 1) < limitBytes) {
        return;
      }
      Files.deleteIfExists(file.path);
      bytes -= file.bytes;
      LOG.log(Level.INFO, file.path + ": removed, since newer files need its room");
    }
  }

  private List<KeptFile> others(List<Path> used) throws IOException {
    List<KeptFile> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(path, "*.kv{,.unusable}")) {
      for (Path file : found) {
        if (!used.contains(file)) {
          files.add(new KeptFile(file, Files.size(file), Files.getLastModifiedTime(file)));
        }
      }
    }
    files.sort(Comparator.comparing(KeptFile::used));
    return files;
  }
}
