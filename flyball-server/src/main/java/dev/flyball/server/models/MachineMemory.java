package dev.flyball.server.models;

import com.sun.management.OperatingSystemMXBean;
import dev.flyball.engine.MemoryEstimate;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The memory of this machine, or of the container around this process: nine tenths of it are for
 * models.
 */
public final class MachineMemory implements MemoryBudget {
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final Pattern AVAILABLE = Pattern.compile("MemAvailable:\\s+(\\d{1,15}) kB");

  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  @Override
  public long limitBytes() {
    return system.getTotalMemorySize() / 10 * 9;
  }

  /**
   * {@code MemAvailable} of Linux, which counts the page cache that weights are mapped from as
   * free; elsewhere what the JDK says is free.
   */
  @Override
  public long availableBytes() {
    return memAvailable().orElseGet(system::getFreeMemorySize);
  }

  /** An engine makes do with a smaller cache, and fewer experts, where less is free. */
  @Override
  public long leastBytes(MemoryEstimate estimate) {
    return estimate.least();
  }

  private static OptionalLong memAvailable() {
    if (!Files.isReadable(MEMINFO)) {
      return OptionalLong.empty();
    }
    try (Stream<String> lines = Files.lines(MEMINFO)) {
      return lines
          .map(AVAILABLE::matcher)
          .filter(Matcher::matches)
          .mapToLong(line -> Long.parseLong(line.group(1)) * 1024)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
