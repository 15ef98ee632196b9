package dev.flyball.engine.template;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes a value as JSON with the layout and options of Python's {@code json.dumps}, which models
 * have seen in training.
 */
final class JsonWriter {
  /**
   * What the text looks like.
   *
   * @param asciiOnly whether other characters are escaped
   * @param multiline whether items stand on lines of their own
   * @param indent what each level of nesting is indented by, where multiline
   */
  record Layout(
      boolean asciiOnly,
      boolean multiline,
      String indent,
      String itemSeparator,
      String keySeparator,
      boolean sortKeys) {}

  private final Layout layout;
  private final Budget budget;
  private final StringBuilder json = new StringBuilder();
  private int level;

  private JsonWriter(Layout layout, Budget budget) {
    this.layout = layout;
    this.budget = budget;
  }

  static String write(Object value, Layout layout, Budget budget) {
    JsonWriter writer = new JsonWriter(layout, budget);
    writer.write(value);
    budget.text(writer.json.length());
    return writer.json.toString();
  }

  private void write(Object value) {
    budget.enter();
    budget.checkText(json.length());
    switch (value) {
      case None _ -> json.append("null");
      case Boolean truth -> json.append((boolean) truth);
      case Long number -> json.append((long) number);
      case BigInteger number -> json.append(number);
      case Double number -> json.append(number(number));
      case String text -> writeText(text);
      case Markup markup -> writeText(markup.text());
      case Tuple tuple -> writeItems(tuple.items());
      case List<?> list when Operators.isPlainList(list) -> writeItems(Values.list(list));
      case Map<?, ?> dict -> writeDict(Values.dict(dict));
      case Undefined undefined -> throw undefined.failure();
      default ->
          throw Failure.render(
              "a value of type " + Values.typeName(value) + " cannot be written as JSON");
    }
    budget.leave();
  }

  private static String number(double number) {
    if (Double.isNaN(number)) {
      return "NaN";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "Infinity" : "-Infinity";
    }
    return Numbers.repr(number);
  }

  private void writeItems(List<Object> items) {
    if (items.isEmpty()) {
      json.append("[]");
      return;
    }
    json.append('[');
    level++;
    Iterator<Object> iterator = items.iterator();
    while (iterator.hasNext()) {
      startLine();
      write(iterator.next());
      json.append(iterator.hasNext() ? layout.itemSeparator() : "");
    }
    level--;
    startLine();
    json.append(']');
  }

  private void writeDict(Map<Object, Object> dict) {
    if (dict.isEmpty()) {
      json.append("{}");
      return;
    }
    json.append('{');
    level++;
    Iterator<Map.Entry<Object, Object>> entries = ordered(dict).entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<Object, Object> entry = entries.next();
      startLine();
      writeText(key(entry.getKey()));
      json.append(layout.keySeparator());
      write(entry.getValue());
      json.append(entries.hasNext() ? layout.itemSeparator() : "");
    }
    level--;
    startLine();
    json.append('}');
  }

  private Map<Object, Object> ordered(Map<Object, Object> dict) {
    if (!layout.sortKeys()) {
      return dict;
    }
    Map<Object, Object> sorted = new TreeMap<>(ValueOrder.comparator(budget));
    sorted.putAll(dict);
    return sorted;
  }

  private static String key(Object key) {
    return switch (key) {
      case String text -> text;
      case None _ -> "null";
      case Boolean truth -> truth ? "true" : "false";
      case Long number -> Long.toString(number);
      case BigInteger number -> number.toString();
      case Double number -> number(number);
      default ->
          throw Failure.render(
              "a key of type " + Values.typeName(key) + " cannot be written as JSON");
    };
  }

  private void startLine() {
    if (layout.multiline()) {
      budget.text((long) layout.indent().length() * level);
      json.append('\n').repeat(layout.indent(), level);
    }
  }

  private void writeText(String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      switch (character) {
        case '"' -> json.append("\\\"");
        case '\\' -> json.append("\\\\");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        default -> {
          if (character < 0x20 || (layout.asciiOnly() && character > 0x7e)) {
            json.append("\\u%04x".formatted((int) character));
          } else {
            json.append(character);
          }
        }
      }
    }
    json.append('"');
  }
}
