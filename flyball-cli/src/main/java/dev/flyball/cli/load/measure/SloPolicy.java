package dev.flyball.cli.load.measure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Goals of all classes, and of single ones: {@code ttft=2s,tpot=150ms; document: ttft=30s}.
 *
 * @param usual for classes without their own
 */
public record SloPolicy(Slo usual, Map<String, Slo> byClass) {
  public static final SloPolicy NONE = new SloPolicy(Slo.NONE, Map.of());

  public SloPolicy {
    byClass = Map.copyOf(byClass);
  }

  /**
   * Reads goals; a class takes over those that it does not name itself.
   *
   * @throws IllegalArgumentException where they cannot be read
   */
  public static SloPolicy parse(String text) {
    Slo usual = Slo.NONE;
    Map<String, String> own = new LinkedHashMap<>();
    for (String part : text.split(";", -1)) {
      int colon = part.indexOf(':');
      if (colon >= 0) {
        own.put(part.substring(0, colon).strip(), part.substring(colon + 1));
      } else if (!part.isBlank()) {
        usual = Slo.parse(part, usual);
      }
    }
    Map<String, Slo> byClass = new LinkedHashMap<>();
    for (Map.Entry<String, String> entry : own.entrySet()) {
      byClass.put(entry.getKey(), Slo.parse(entry.getValue(), usual));
    }
    return new SloPolicy(usual, byClass);
  }

  /**
   * Makes sure that all named classes are there.
   *
   * @throws IllegalArgumentException where one is not
   */
  public void checkClasses(Set<String> known) {
    for (String name : byClass.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "--slo names the class '%s'; there are: %s".formatted(name, String.join(", ", known)));
      }
    }
  }

  Slo of(String className) {
    return byClass.getOrDefault(className, usual);
  }
}
