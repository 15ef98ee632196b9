package dev.flyball.engine.weights;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Keeps a folder of packed weights within its limit. Touches no file but those that are named as
 * this package names them. Other processes may do the same at the same time: a file that has gone
 * already is as good as deleted, and who has it mapped keeps it until its end.
 */
final class WeightsFolder {
  static final String SUFFIX = ".weights";

  private static final System.Logger LOG = System.getLogger(WeightsFolder.class.getName());
  private static final Pattern OURS = Pattern.compile("[0-9a-f]{32}\\.weights");
  private static final Pattern UNFINISHED =
      Pattern.compile("[0-9a-f]{32}\\.weights\\.[0-9a-f-]{36}");

  /** Nobody writes one file for so long: its process was killed. */
  private static final Duration ABANDONED = Duration.ofDays(1);

  private final WeightsCache cache;

  WeightsFolder(WeightsCache cache) {
    this.cache = cache;
  }

  private record Kept(Path path, long bytes, Instant used) {}

  /**
   * Makes room for a file, deleting those used longest ago.
   *
   * @param target about to be replaced
   * @return whether there is room; the log says why not
   */
  boolean makeRoom(long bytes, Path target) throws IOException {
    if (bytes > cache.limitBytes()) {
      return refuse(bytes, target, "the cache's limit is " + (cache.limitBytes() >> 20) + " MiB");
    }
    Files.createDirectories(cache.folder());
    List<Kept> kept = list(target);
    kept.sort(Comparator.comparing(Kept::used));
    long all = kept.stream().mapToLong(Kept::bytes).sum();
    for (Kept oldest : kept) {
      if (all + bytes <= cache.limitBytes()) {
        break;
      }
      LOG.log(Level.INFO, "{0} is deleted to make room in the weights cache", oldest.path());
      Files.deleteIfExists(oldest.path());
      all -= oldest.bytes();
    }
    long free = Files.getFileStore(cache.folder()).getUsableSpace();
    return free > bytes || refuse(bytes, target, "the disk has " + (free >> 20) + " MiB left");
  }

  private static boolean refuse(long bytes, Path target, String reason) {
    LOG.log(
        Level.WARNING, "{0} is not written: it takes {1} MiB and {2}", target, bytes >> 20, reason);
    return false;
  }

  private List<Kept> list(Path target) throws IOException {
    List<Kept> kept = new ArrayList<>();
    List<Path> paths;
    try (Stream<Path> found = Files.list(cache.folder())) {
      paths = found.toList();
    }
    for (Path path : paths) {
      String name = path.getFileName().toString();
      boolean unfinished = UNFINISHED.matcher(name).matches();
      if (path.equals(target) || !(unfinished || OURS.matcher(name).matches())) {
        continue;
      }
      if (!Files.isRegularFile(path)) {
        continue;
      }
      BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
      Instant used = attributes.lastModifiedTime().toInstant();
      if (!unfinished) {
        kept.add(new Kept(path, attributes.size(), used));
      } else if (used.isBefore(Instant.now().minus(ABANDONED))) {
        Files.deleteIfExists(path);
      }
    }
    return kept;
  }

  /** A name that no other process uses, for a file that will be {@code target}. */
  Path newTemporary(Path target) {
    return target.resolveSibling(target.getFileName() + "." + UUID.randomUUID());
  }
}
