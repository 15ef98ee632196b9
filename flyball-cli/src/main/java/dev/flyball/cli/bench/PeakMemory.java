package dev.flyball.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The most memory that this process had resident, as Linux counts it ({@code VmHWM} in
 * /proc/self/status); mapped files that were read are part of it. Not thread-safe.
 */
final class PeakMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR = Path.of("/proc/self/clear_refs");

  /** Written to {@link #CLEAR}, makes the peak begin again at what is resident now. */
  private static final String RESET_PEAK = "5";

  private OptionalLong before = OptionalLong.empty();

  /** Begins to count, as far as the system lets a process start anew. */
  PeakMemory() {
    reset();
  }

  /** Does something whose own memory is not to count. */
  void without(Runnable work) {
    before = bytes();
    work.run();
    reset();
  }

  /** The peak so far; nothing where the system does not tell. */
  OptionalLong bytes() {
    OptionalLong now = highWaterMark();
    return now.isPresent()
        ? OptionalLong.of(Math.max(now.getAsLong(), before.orElse(0)))
        : OptionalLong.empty();
  }

  private static OptionalLong highWaterMark() {
    if (!Files.isReadable(STATUS)) {
      return OptionalLong.empty();
    }
    try (Stream<String> lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst();
    } catch (IOException unreadable) {
      return OptionalLong.empty();
    }
  }

  private static void reset() {
    try {
      if (Files.isWritable(CLEAR)) {
        Files.writeString(CLEAR, RESET_PEAK);
      }
    } catch (IOException notAllowed) {
      // The peak then includes what was resident before.
      return;
    }
  }
}
