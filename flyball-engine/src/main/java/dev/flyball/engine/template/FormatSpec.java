package dev.flyball.engine.template;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a value is laid out by {@code str.format} and {@code %}: {@code
 * [[fill]align][sign][#][0][width][grouping][.precision][type]}.
 *
 * <p>Source: "The Python Standard Library", Format Specification Mini-Language.
 *
 * @param fill a character to pad with
 * @param align {@code < > ^}, {@code =} for padding after the sign, or a blank for the default
 * @param sign {@code + -} or a blank
 * @param grouping {@code ,} or {@code _} between groups of digits, or empty
 * @param precision -1 where there is none
 */
record FormatSpec(
    String fill,
    char align,
    char sign,
    int width,
    String grouping,
    int precision,
    NumberLayout layout) {
  private static final Pattern SYNTAX =
      Pattern.compile(
          "(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<alternate>#)?(?<zero>0)?"
              + "(?<width>[0-9]{1,9})?(?<grouping>[,_])?(?:\\.(?<precision>[0-9]{1,9}))?"
              + "(?<type>[bcdeEfFgGnosxX%])?",
          Pattern.DOTALL);

  static FormatSpec parse(String spec) {
    Matcher matcher = SYNTAX.matcher(spec);
    if (!matcher.matches()) {
      throw Failure.render("'" + spec + "' is no format specification");
    }
    boolean zero = matcher.group("zero") != null;
    String align = matcher.group("align");
    String fill = matcher.group("fill");
    int precision = number(matcher.group("precision"), -1);
    return new FormatSpec(
        fill != null ? fill : zero ? "0" : " ",
        align != null ? align.charAt(0) : zero ? '=' : ' ',
        character(matcher.group("sign"), '-'),
        number(matcher.group("width"), 0),
        matcher.group("grouping") == null ? "" : matcher.group("grouping"),
        precision,
        new NumberLayout(
            character(matcher.group("type"), ' '), precision, matcher.group("alternate") != null));
  }

  private static char character(String group, char none) {
    return group == null ? none : group.charAt(0);
  }

  private static int number(String group, int none) {
    return group == null ? none : Integer.parseInt(group);
  }

  private char type() {
    return layout.type();
  }

  String apply(Object value, Budget budget) {
    if (Values.isText(value)) {
      return text(Values.text(value), budget);
    }
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (!Values.isNumber(value)) {
      throw Failure.render(
          "a value of type " + Values.typeName(value) + " takes no format specification");
    }
    return number(value, budget);
  }

  private String text(String text, Budget budget) {
    if (type() != 's' && type() != ' ') {
      throw Failure.render("the format '" + type() + "' is not for a string");
    }
    boolean cut = precision >= 0 && precision < PythonText.length(text);
    String shown = cut ? text.substring(0, PythonText.offset(text, precision)) : text;
    return pad("", shown, align == ' ' || align == '=' ? '<' : align, budget);
  }

  private String number(Object value, Budget budget) {
    if (type() == 's') {
      throw Failure.render("the format 's' is not for a number");
    }
    boolean negative;
    String digits;
    if (!(value instanceof Double) && layout.isForIntegers()) {
      negative = Numbers.bigInteger(value).signum() < 0;
      digits = layout.integer(Numbers.bigInteger(value).abs());
    } else {
      double real = Numbers.toDouble(value);
      if (value instanceof Double && "bcdoxX".indexOf(type()) >= 0) {
        throw Failure.render("the format '" + type() + "' is not for a float");
      }
      negative = Math.copySign(1, real) < 0;
      digits = layout.real(Math.abs(real));
    }
    String signText = negative ? "-" : sign == '-' ? "" : String.valueOf(sign);
    return pad(signText, grouped(digits), align == ' ' ? '>' : align, budget);
  }

  private String grouped(String digits) {
    if (grouping.isEmpty()) {
      return digits;
    }
    int end = 0;
    while (end < digits.length() && Character.isLetterOrDigit(digits.charAt(end))) {
      end++;
    }
    int size = "boxX".indexOf(type()) >= 0 ? 4 : 3;
    StringBuilder text = new StringBuilder(digits);
    for (int at = end - size; at > 0; at -= size) {
      text.insert(at, grouping);
    }
    return text.toString();
  }

  private String pad(String before, String shown, char alignment, Budget budget) {
    int missing = Math.max(width - before.length() - PythonText.length(shown), 0);
    return switch (alignment) {
      case '<' -> PythonText.pad(before + shown, 0, missing, fill, budget);
      case '^' -> PythonText.pad(before + shown, missing / 2, missing - missing / 2, fill, budget);
      case '=' -> before + PythonText.pad(shown, missing, 0, fill, budget);
      default -> PythonText.pad(before + shown, missing, 0, fill, budget);
    };
  }
}
