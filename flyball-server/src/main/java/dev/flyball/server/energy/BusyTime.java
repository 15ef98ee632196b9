package dev.flyball.server.energy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Processor time of everything that runs on a machine, from the first line of {@code /proc/stat}:
 * user, nice, system, idle, iowait, irq, softirq, in hundredths of a second.
 */
final class BusyTime {
  /** The unit that Linux shows to programs, whatever it counts in. */
  static final double TICK_SECONDS = 0.01;

  private static final int[] BUSY_FIELDS = {1, 2, 3, 6, 7};

  private final Path file;

  BusyTime(Path root) {
    this.file = root.resolve("proc/stat");
  }

  /**
   * Seconds since the machine began.
   *
   * @throws IOException where the file cannot be read or has another form
   */
  double seconds() throws IOException {
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\n');
    String[] fields = (end < 0 ? text : text.substring(0, end)).split("\\s+", -1);
    if (!fields[0].equals("cpu") || fields.length < 8) {
      throw new IOException(file + " does not begin with the sum of all processors");
    }
    long ticks = 0;
    try {
      for (int field : BUSY_FIELDS) {
        ticks += Long.parseLong(fields[field]);
      }
    } catch (NumberFormatException e) {
      throw new IOException(file + " holds no numbers", e);
    }
    return ticks * TICK_SECONDS;
  }
}
