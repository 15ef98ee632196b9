package dev.flyball.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * Memory that this process may still take at one moment.
 *
 * @param machineBytes what the machine and the control groups around the process leave, page cache
 *     that can be dropped included; mapped weights and the Java heap share it
 * @param heapBytes what the Java heap may still grow by or has free
 */
record FreeMemory(long machineBytes, long heapBytes) {

  /** Measures it: {@code /proc/meminfo}, control groups, and the Java heap's limit. */
  static FreeMemory measure() {
    Runtime runtime = Runtime.getRuntime();
    long usedHeap = runtime.totalMemory() - runtime.freeMemory();
    return new FreeMemory(
        machineBytes(Path.of("/proc"), Path.of("/sys/fs/cgroup")), runtime.maxMemory() - usedHeap);
  }

  /** No limit is {@link Long#MAX_VALUE}: where a system has no such files, only the heap counts. */
  static long machineBytes(Path proc, Path controlGroups) {
    long free =
        field(proc.resolve("meminfo"), "MemAvailable:").stream()
            .map(kibibytes -> kibibytes * 1024)
            .findFirst()
            .orElse(Long.MAX_VALUE);
    Path root = controlGroups.toAbsolutePath().normalize();
    Path group = root.resolve(ownGroup(proc)).normalize();
    free = Math.min(free, freeInGroup(root));
    for (int depth = group.getNameCount(); depth > root.getNameCount(); depth--) {
      free = Math.min(free, freeInGroup(root.resolve(group.subpath(root.getNameCount(), depth))));
    }
    return Math.min(free, freeInOldGroup(root.resolve("memory"), proc));
  }

  /** The group of this process, relative to the root: the line {@code 0::/path}. */
  private static String ownGroup(Path proc) {
    return lines(proc.resolve("self/cgroup")).stream()
        .filter(line -> line.startsWith("0::/"))
        .map(line -> line.substring("0::/".length()))
        .findFirst()
        .orElse("");
  }

  /** The limit less what is in use, where file pages that nobody used lately do not count. */
  private static long freeInGroup(Path group) {
    OptionalLong limit = number(lines(group.resolve("memory.max")));
    OptionalLong current = number(lines(group.resolve("memory.current")));
    if (limit.isEmpty() || current.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long droppable = field(group.resolve("memory.stat"), "inactive_file").orElse(0);
    return Math.max(0, limit.getAsLong() - Math.max(0, current.getAsLong() - droppable));
  }

  /** What control groups of version 1 leave: their own limit, or that of one around them. */
  private static long freeInOldGroup(Path root, Path proc) {
    String own =
        lines(proc.resolve("self/cgroup")).stream()
            .filter(line -> line.matches("\\d+:memory:/.*"))
            .map(line -> line.substring(line.indexOf('/') + 1))
            .findFirst()
            .orElse("");
    Path group = root.resolve(own).normalize();
    // in a container, the group's own files lie at the root
    Path stat = (Files.exists(group.resolve("memory.stat")) ? group : root).resolve("memory.stat");
    OptionalLong limit = field(stat, "hierarchical_memory_limit");
    OptionalLong current = number(lines(stat.resolveSibling("memory.usage_in_bytes")));
    if (limit.isEmpty() || current.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long droppable = field(stat, "total_inactive_file").orElse(0);
    return Math.max(0, limit.getAsLong() - Math.max(0, current.getAsLong() - droppable));
  }

  private static OptionalLong field(Path file, String name) {
    for (String line : lines(file)) {
      List<String> words = List.of(line.trim().split("\\s+"));
      if (words.size() >= 2 && words.getFirst().equals(name)) {
        return number(words.subList(1, 2));
      }
    }
    return OptionalLong.empty();
  }

  /** The number in the first line; nothing for {@code max} or no line. */
  private static OptionalLong number(List<String> lines) {
    return lines.isEmpty() || !lines.getFirst().matches("\\d{1,18}")
        ? OptionalLong.empty()
        : OptionalLong.of(Long.parseLong(lines.getFirst()));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }
}
