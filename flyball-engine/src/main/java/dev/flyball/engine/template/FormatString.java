package dev.flyball.engine.template;

import java.util.List;
import java.util.Map;

/**
 * {@code str.format}: text with fields such as {@code {}}, {@code {0}}, {@code {name.key[0]!r:>8}}.
 *
 * <p>Source: "The Python Standard Library", Format String Syntax.
 */
final class FormatString {
  private static final int MAX_NESTING = 2;

  private final List<Object> positional;
  private final Map<Object, Object> named;
  private final Budget budget;
  private int nextIndex;

  private FormatString(List<Object> positional, Map<Object, Object> named, Budget budget) {
    this.positional = positional;
    this.named = named;
    this.budget = budget;
  }

  static Object format(String format, Arguments arguments, Budget budget) {
    return new FormatString(arguments.positional(), Map.copyOf(arguments.named()), budget)
        .expand(format, 0);
  }

  static Object formatMap(String format, Arguments arguments, Budget budget) {
    Object map = arguments.bind("mapping").required(0);
    if (!(map instanceof Map<?, ?> dict)) {
      throw Failure.render("format_map() needs a dict");
    }
    return new FormatString(List.of(), Values.dict(dict), budget).expand(format, 0);
  }

  private String expand(String format, int nesting) {
    if (nesting == MAX_NESTING) {
      throw Failure.render("the fields of a format are nested too deep");
    }
    StringBuilder text = new StringBuilder();
    int position = 0;
    while (position < format.length()) {
      char next = format.charAt(position);
      boolean doubled = format.startsWith(String.valueOf(next).repeat(2), position);
      if ((next == '{' || next == '}') && doubled && nesting == 0) {
        text.append(next);
        position += 2;
      } else if (next == '{') {
        int end = fieldEnd(format, position);
        text.append(field(format.substring(position + 1, end), nesting));
        position = end + 1;
      } else if (next == '}') {
        throw Failure.render("a format has a single '}'; '}}' stands for a brace");
      } else {
        text.append(next);
        position++;
      }
      budget.checkText(text.length());
    }
    budget.text(text.length());
    return text.toString();
  }

  private static int fieldEnd(String format, int open) {
    int depth = 0;
    for (int i = open; i < format.length(); i++) {
      depth += format.charAt(i) == '{' ? 1 : format.charAt(i) == '}' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw Failure.render("a format has a '{' without its '}'");
  }

  private String field(String field, int nesting) {
    int bracket = Math.max(field.indexOf(']'), 0);
    int colon = field.indexOf(':', bracket);
    String head = colon < 0 ? field : field.substring(0, colon);
    String spec = colon < 0 ? "" : field.substring(colon + 1);
    int bang = head.indexOf('!', bracket);
    Object value = resolve(bang < 0 ? head : head.substring(0, bang));
    if (bang >= 0) {
      value = convert(value, head.substring(bang + 1));
    }
    String expanded = spec.indexOf('{') < 0 ? spec : expand(spec, nesting + 1);
    return expanded.isEmpty()
        ? Repr.str(value, budget)
        : FormatSpec.parse(expanded).apply(value, budget);
  }

  private Object convert(Object value, String conversion) {
    return switch (conversion) {
      case "s" -> Repr.str(value, budget);
      case "r", "a" -> Repr.repr(value, budget);
      default -> throw Failure.render("a format has the unknown conversion '!" + conversion + "'");
    };
  }

  /** Follows a name or index, then attributes and items. */
  private Object resolve(String path) {
    int end = 0;
    while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
      end++;
    }
    Object value = argument(path.substring(0, end));
    int position = end;
    while (position < path.length()) {
      boolean item = path.charAt(position) == '[';
      int partEnd = item ? path.indexOf(']', position) : nextPart(path, position + 1);
      if (partEnd < 0) {
        throw Failure.render("a format's field has a '[' without its ']'");
      }
      String part = path.substring(position + 1, partEnd);
      value =
          item
              ? Lookup.subscript(value, isIndex(part) ? (Object) Long.valueOf(part) : part, budget)
              : Lookup.attribute(value, part);
      position = item ? partEnd + 1 : partEnd;
    }
    return value;
  }

  private static int nextPart(String path, int from) {
    int end = from;
    while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
      end++;
    }
    return end;
  }

  private static boolean isIndex(String part) {
    return !part.isEmpty()
        && part.length() < 10
        && part.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private Object argument(String name) {
    if (name.isEmpty() || isIndex(name)) {
      int index = name.isEmpty() ? nextIndex++ : Integer.parseInt(name);
      if (index >= positional.size()) {
        throw Failure.render("a format has no argument for its field " + index);
      }
      return positional.get(index);
    }
    Object value = named.get(name);
    if (value == null) {
      throw Failure.render("a format has no argument for its field '" + name + "'");
    }
    return value;
  }
}
