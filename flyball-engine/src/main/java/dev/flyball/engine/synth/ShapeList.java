package dev.flyball.engine.synth;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A shape written as {@code key=value,...}. */
final class ShapeList {
  private static final String TIED = "tied";
  private static final Set<String> KEYS =
      Set.of(
          "layers",
          "dim",
          "ffn",
          "heads",
          "kv-heads",
          "head-dim",
          "vocab",
          "context",
          "experts",
          "experts-used");
  private static final double ROPE_BASE = 500_000;

  private final Map<String, Integer> values = new LinkedHashMap<>();
  private boolean tied;

  ShapeList(String text) {
    for (String item : text.split(",", -1)) {
      readItem(item.strip(), text);
    }
  }

  private void readItem(String item, String text) {
    if (item.equals(TIED)) {
      tied = true;
      return;
    }
    int equals = item.indexOf('=');
    String key = equals < 0 ? item : item.substring(0, equals).strip();
    if (equals < 0 || !KEYS.contains(key)) {
      throw new IllegalArgumentException(
          "'%s' is neither a named shape (%s) nor one of %s, tied"
              .formatted(
                  item,
                  SyntheticShape.named().stream()
                      .map(SyntheticShape::name)
                      .collect(Collectors.joining(", ")),
                  KEYS.stream().sorted().map(k -> k + "=").collect(Collectors.joining(", "))));
    }
    if (values.put(key, number(key, item.substring(equals + 1).strip())) != null) {
      throw new IllegalArgumentException("'" + key + "' is given twice in '" + text + "'");
    }
  }

  private static int number(String key, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          key + "=" + text + ": '" + text + "' is no whole number", e);
    }
  }

  ModelShape toShape() {
    int dim = required("dim");
    int heads = required("heads");
    int experts = values.getOrDefault("experts", 0);
    return new ModelShape(
        "synthetic",
        required("layers"),
        dim,
        required("ffn"),
        heads,
        values.getOrDefault("kv-heads", heads),
        values.containsKey("head-dim") ? required("head-dim") : headLength(dim, heads),
        required("vocab"),
        required("context"),
        experts,
        values.getOrDefault("experts-used", Math.min(experts, 2)),
        tied,
        RopeShape.plain(ROPE_BASE));
  }

  private int required(String key) {
    Integer value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("the shape lacks " + key + "=");
    }
    return value;
  }

  private static int headLength(int dim, int heads) {
    if (heads < 1 || dim % heads != 0) {
      throw new IllegalArgumentException(
          "dim=" + dim + " is no multiple of heads=" + heads + "; give head-dim= as well");
    }
    return dim / heads;
  }
}
