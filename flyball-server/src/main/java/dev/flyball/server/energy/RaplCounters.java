package dev.flyball.server.energy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The energy counters of Intel's and AMD's processors (running average power limit) as Linux shows
 * them in {@code /sys/class/powercap}: those of all packages, and of memory where it has its own.
 * The zones {@code core} and {@code uncore} are parts of a package, {@code psys} holds packages:
 * neither counts. Not thread-safe.
 *
 * <p>Since Linux 5.10 only root may read them, unless the owner of the machine allows it.
 */
final class RaplCounters {
  private final List<Counter> counters;
  private long microjoules;

  private RaplCounters(List<Counter> counters) {
    this.counters = counters;
  }

  /** The counters below a root folder; nothing where there are none or they cannot be read. */
  static Optional<RaplCounters> of(Path root) {
    Path zones = root.resolve("sys/class/powercap");
    List<Counter> counters = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(zones, "intel-rapl:*")) {
      boolean packages = false;
      for (Path zone : folders) {
        String name = text(zone.resolve("name"));
        packages |= name.startsWith("package");
        if (name.startsWith("package") || name.equals("dram")) {
          counters.add(new Counter(zone));
        }
      }
      return packages ? Optional.of(new RaplCounters(counters)) : Optional.empty();
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * Microjoules since these counters were opened.
   *
   * @throws UncheckedIOException where a counter can no longer be read
   */
  long microjoules() {
    try {
      for (Counter counter : counters) {
        microjoules += counter.advance();
      }
      return microjoules;
    } catch (IOException e) {
      throw new UncheckedIOException("an energy counter cannot be read", e);
    }
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
  }

  /** One zone. It counts up to its range and begins again. */
  private static final class Counter {
    private final Path file;
    private final long range;
    private long last;

    Counter(Path zone) throws IOException {
      file = zone.resolve("energy_uj");
      range = Long.parseLong(text(zone.resolve("max_energy_range_uj")));
      last = value();
    }

    /** What was added since it was read before. */
    long advance() throws IOException {
      long now = value();
      long added = now >= last ? now - last : now + range - last;
      last = now;
      return Math.max(added, 0);
    }

    private long value() throws IOException {
      try {
        return Long.parseLong(text(file));
      } catch (NumberFormatException e) {
        throw new IOException(file + " holds no number", e);
      }
    }
  }
}
