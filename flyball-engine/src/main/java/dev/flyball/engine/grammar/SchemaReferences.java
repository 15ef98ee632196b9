package dev.flyball.engine.grammar;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds what {@code $ref} names: a place in the same schema, by a JSON pointer. */
record SchemaReferences(@Nullable Object root) {
  /**
   * The schema that a reference names.
   *
   * @throws dev.flyball.engine.EngineException INVALID_INPUT where there is none
   */
  SchemaNode target(SchemaNode reference) {
    String text = reference.string();
    if (!text.equals("#") && !text.startsWith("#/")) {
      throw reference.failure("must begin with #/ : \"" + text + "\" is not in this schema");
    }
    SchemaNode node = new SchemaNode("", root);
    if (text.length() > 1) {
      for (String step : decoded(reference, text).substring(2).split("/", -1)) {
        node = step(reference, node, step.replace("~1", "/").replace("~0", "~"));
      }
    }
    return node;
  }

  private static String decoded(SchemaNode reference, String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw reference.failure("has a broken percent-encoding");
    }
  }

  private static SchemaNode step(SchemaNode reference, SchemaNode node, String name) {
    if (node.value() instanceof Map<?, ?> map && map.containsKey(name)) {
      return node.child(name, map.get(name));
    }
    if (node.value() instanceof List<?> list
        && name.matches("[0-9]{1,6}")
        && Integer.parseInt(name) < list.size()) {
      return node.child(name, list.get(Integer.parseInt(name)));
    }
    throw reference.failure("names \"" + reference.string() + "\", which does not exist");
  }
}
