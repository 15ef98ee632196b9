package dev.flyball.engine.template;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code text % values}: fields such as {@code %s}, {@code %5.2f}, {@code %(name)d}.
 *
 * <p>Source: "The Python Standard Library", printf-style String Formatting.
 */
final class PercentFormat {
  private static final Pattern FIELD =
      Pattern.compile(
          "%(?:\\((?<key>[^)]*)\\))?(?<flags>[-+ #0]*)(?<width>[0-9]{1,9})?"
              + "(?:\\.(?<precision>[0-9]{0,9}))?(?<type>[a-zA-Z%])");

  private final List<Object> positional;
  private final Object values;
  private final Budget budget;
  private int nextIndex;

  private PercentFormat(Object values, Budget budget) {
    this.values = values;
    this.positional = values instanceof Tuple tuple ? tuple.items() : List.of(values);
    this.budget = budget;
  }

  static String format(String format, Object values, Budget budget) {
    return new PercentFormat(values, budget).expand(format);
  }

  private String expand(String format) {
    StringBuilder text = new StringBuilder();
    Matcher field = FIELD.matcher(format);
    int position = 0;
    for (int percent = format.indexOf('%'); percent >= 0; percent = format.indexOf('%', position)) {
      text.append(format, position, percent);
      if (!field.region(percent, format.length()).lookingAt()) {
        throw Failure.render("a '%' in a format starts no field; '%%' stands for a percent sign");
      }
      text.append(field.group("type").equals("%") ? "%" : value(field));
      position = field.end();
      budget.checkText(text.length());
    }
    text.append(format, position, format.length());
    budget.text(text.length());
    rejectUnused();
    return text.toString();
  }

  private void rejectUnused() {
    boolean mayBeUnused =
        values instanceof Map || values instanceof List || values instanceof Undefined;
    if (!mayBeUnused && nextIndex < positional.size()) {
      throw Failure.render("a format has fewer fields than there are values");
    }
  }

  private String value(Matcher field) {
    Object value = argument(field.group("key"));
    String flags = field.group("flags");
    char type = field.group("type").charAt(0);
    String precisionText = field.group("precision");
    int precision =
        precisionText == null ? -1 : precisionText.isEmpty() ? 0 : Integer.parseInt(precisionText);
    char numberType = type == 'i' || type == 'u' ? 'd' : type;
    boolean isText = "sra".indexOf(type) >= 0 || (type == 'c' && Values.isText(value));
    char align = flags.contains("-") ? '<' : flags.contains("0") && !isText ? '=' : '>';
    FormatSpec spec =
        new FormatSpec(
            align == '=' ? "0" : " ",
            align,
            flags.contains("+") ? '+' : flags.contains(" ") ? ' ' : '-',
            field.group("width") == null ? 0 : Integer.parseInt(field.group("width")),
            "",
            isText ? precision : -1,
            new NumberLayout(isText ? 's' : numberType, precision, flags.contains("#")));
    return spec.apply(converted(value, type), budget);
  }

  private Object argument(String key) {
    if (key != null) {
      if (!(values instanceof Map<?, ?> dict)) {
        throw Failure.render("a format with named fields needs a dict");
      }
      nextIndex = 1;
      Object value = dict.get(key);
      if (value == null) {
        throw Failure.render("a format has no value for its field '" + key + "'");
      }
      return value;
    }
    if (nextIndex >= positional.size()) {
      throw Failure.render("a format has more fields than there are values");
    }
    return positional.get(nextIndex++);
  }

  private Object converted(Object value, char type) {
    return switch (type) {
      case 's' -> Repr.str(value, budget);
      case 'r', 'a' -> Repr.repr(value, budget);
      case 'd', 'i', 'u' -> truncated(value);
      case 'c', 'e', 'E', 'f', 'F', 'g', 'G', 'o', 'x', 'X' -> value;
      default -> throw Failure.render("a format has a field of the unknown type '" + type + "'");
    };
  }

  private static Object truncated(Object value) {
    if (value instanceof Double number && !Double.isNaN(number) && !Double.isInfinite(number)) {
      return Numbers.integer(new BigDecimal(number).toBigInteger());
    }
    if (!Values.isInteger(value)) {
      throw Failure.render("%d is for numbers, not for a value of type " + Values.typeName(value));
    }
    return value;
  }
}
