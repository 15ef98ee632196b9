package dev.flyball.server.energy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The processor as {@code /proc/cpuinfo} describes it.
 *
 * @param vendor e.g. {@code GenuineIntel}; empty where it is not said
 * @param family the vendor's number of the family; -1 where it is not said
 * @param model the number within the family; -1 where it is not said
 * @param name as sold; in virtual machines often cut short
 */
record Processor(String vendor, int family, int model, String name) {
  private static final int MAX_NAME_LENGTH = 100;

  static Processor of(Path root) {
    Map<String, String> first = new HashMap<>();
    for (String line : lines(root.resolve("proc/cpuinfo"))) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        first.putIfAbsent(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    String name = first.getOrDefault("model name", "");
    return new Processor(
        first.getOrDefault("vendor_id", ""),
        number(first.get("cpu family")),
        number(first.get("model")),
        name.isEmpty()
            ? "unknown processor"
            : name.substring(0, Math.min(name.length(), MAX_NAME_LENGTH)));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return List.of(); // no Linux
    }
  }

  private static int number(@Nullable String text) {
    try {
      return text == null ? -1 : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
