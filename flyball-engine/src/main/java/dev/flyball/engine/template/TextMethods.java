package dev.flyball.engine.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** The methods of strings. What a method of marked-up text returns is marked up as well. */
final class TextMethods {
  /** A method as it is written here: on plain text. */
  private interface Method {
    Object call(String text, Arguments arguments, Budget budget);
  }

  private static final Map<String, BoundMethod.Body> METHODS = new HashMap<>();

  static {
    define("strip", (text, a, _) -> strip(text, a, true, true));
    define("lstrip", (text, a, _) -> strip(text, a, true, false));
    define("rstrip", (text, a, _) -> strip(text, a, false, true));
    define("split", TextSplitting::split);
    define("rsplit", TextSplitting::splitFromRight);
    define("splitlines", TextSplitting::splitLines);
    define("partition", TextSplitting::partition);
    define("rpartition", TextSplitting::partitionFromRight);
    define("startswith", (text, a, b) -> hasAffix(text, a, b, true));
    define("endswith", (text, a, b) -> hasAffix(text, a, b, false));
    define("removeprefix", (text, a, _) -> removePrefix(text, a.bind("prefix").text(0)));
    define("removesuffix", (text, a, _) -> removeSuffix(text, a.bind("suffix").text(0)));
    define("find", (text, a, b) -> TextSearch.of(text, a, b).first());
    define("rfind", (text, a, b) -> TextSearch.of(text, a, b).last());
    define("index", (text, a, b) -> found(TextSearch.of(text, a, b).first()));
    define("rindex", (text, a, b) -> found(TextSearch.of(text, a, b).last()));
    define("count", (text, a, b) -> TextSearch.of(text, a, b).count());
    define("replace", TextMethods::replace);
    define("join", TextMethods::join);
    define("format", FormatString::format);
    define("format_map", FormatString::formatMap);
    define("zfill", TextMethods::zeroFill);
    define("ljust", (text, a, b) -> justify(text, a, b, 0));
    define("rjust", (text, a, b) -> justify(text, a, b, 2));
    define("center", (text, a, b) -> justify(text, a, b, 1));
    define("expandtabs", TextMethods::expandTabs);
    defineCase("upper", PythonText::upper);
    defineCase("lower", PythonText::lower);
    defineCase("casefold", text -> PythonText.lower(PythonText.upper(text)));
    defineCase("title", TextMethods::title);
    defineCase("capitalize", PythonText::capitalize);
    defineCase("swapcase", TextMethods::swapCase);
    defineCheck("isdigit", all(Character::isDigit));
    defineCheck("isdecimal", all(Character::isDigit));
    defineCheck("isnumeric", all(TextMethods::isNumeric));
    defineCheck("isalpha", all(Character::isLetter));
    defineCheck("isalnum", all(c -> Character.isLetter(c) || isNumeric(c)));
    defineCheck("isspace", all(PythonText::isSpace));
    defineCheck("isascii", text -> text.chars().allMatch(c -> c < 0x80));
    defineCheck("isprintable", text -> text.codePoints().allMatch(Repr::isPrintable));
    defineCheck("isupper", TextMethods::isUpper);
    defineCheck("islower", TextMethods::isLower);
    defineCheck("istitle", text -> isCased(text) && title(text).equals(text));
    defineCheck("isidentifier", TextMethods::isIdentifier);
  }

  private TextMethods() {}

  static Optional<BoundMethod.Body> find(String name) {
    return Optional.ofNullable(METHODS.get(name));
  }

  private static void define(String name, Method method) {
    METHODS.put(
        name,
        (owner, arguments, rendering) -> {
          String text = Values.text(owner);
          rendering.budget().text(text.length());
          Object result = method.call(text, arguments, rendering.budget());
          return owner instanceof Markup ? markedUp(result) : result;
        });
  }

  private static void defineCase(String name, UnaryOperator<String> method) {
    define(
        name,
        (text, arguments, _) -> {
          arguments.bind();
          return method.apply(text);
        });
  }

  private static void defineCheck(String name, Predicate<String> check) {
    define(
        name,
        (text, arguments, _) -> {
          arguments.bind();
          return check.test(text);
        });
  }

  private static Predicate<String> all(IntPredicate check) {
    return text -> !text.isEmpty() && text.codePoints().allMatch(check);
  }

  private static Object markedUp(Object result) {
    return switch (result) {
      case String text -> new Markup(text);
      case List<?> list -> Values.list(list).stream().map(TextMethods::markedUp).toList();
      case Tuple tuple -> new Tuple(tuple.items().stream().map(TextMethods::markedUp).toList());
      default -> result;
    };
  }

  private static Object strip(String text, Arguments arguments, boolean start, boolean end) {
    Arguments.Bound bound = arguments.bind("chars");
    return strip(text, bound, start, end);
  }

  /** Strips what the first argument lists, or white space where it is none. */
  static String strip(String text, Arguments.Bound bound, boolean start, boolean end) {
    if (bound.isNone(0)) {
      return PythonText.strip(text, start, end, PythonText::isSpace);
    }
    String chars = bound.text(0);
    return PythonText.strip(text, start, end, codePoint -> chars.indexOf(codePoint) >= 0);
  }

  private static Object hasAffix(String text, Arguments arguments, Budget budget, boolean atStart) {
    Arguments.Bound bound = arguments.bind("affix", "start", "end");
    String part =
        new Slice(bound.value(1, None.NONE), bound.value(2, None.NONE), None.NONE).of(text, budget);
    if (bound.required(0) instanceof Tuple affixes) {
      return affixes.items().stream()
          .anyMatch(affix -> hasAffix(part, Arguments.of("affix", affix).bind("affix"), atStart));
    }
    return hasAffix(part, bound, atStart);
  }

  private static boolean hasAffix(String text, Arguments.Bound bound, boolean atStart) {
    String affix = bound.text(0);
    return atStart ? text.startsWith(affix) : text.endsWith(affix);
  }

  private static String removePrefix(String text, String prefix) {
    return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
  }

  private static String removeSuffix(String text, String suffix) {
    return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
  }

  private static long found(long index) {
    if (index < 0) {
      throw Failure.render("index(): the string has no such part");
    }
    return index;
  }

  private static Object replace(String text, Arguments arguments, Budget budget) {
    Arguments.Bound bound = arguments.bind("old", "new", "count");
    return TextSearch.replace(text, bound.text(0), bound.text(1), bound.integer(2, -1), budget);
  }

  private static Object join(String separator, Arguments arguments, Budget budget) {
    Iterator<Object> items = Values.iterator(arguments.bind("items").required(0));
    List<String> texts = new ArrayList<>();
    while (items.hasNext()) {
      texts.add(Arguments.of("join()", items.next()).bind("item").text(0));
      budget.step();
    }
    return join(separator, texts, budget);
  }

  static String join(String separator, List<String> texts, Budget budget) {
    long chars = (long) separator.length() * texts.size();
    for (String text : texts) {
      chars += text.length();
    }
    budget.text(chars);
    return String.join(separator, texts);
  }

  private static Object zeroFill(String text, Arguments arguments, Budget budget) {
    long missing = arguments.bind("width").integer(0) - PythonText.length(text);
    int zeros = Math.clamp(missing, 0, Integer.MAX_VALUE);
    boolean signed = text.startsWith("-") || text.startsWith("+");
    String sign = signed ? text.substring(0, 1) : "";
    return sign + PythonText.pad(text.substring(sign.length()), zeros, 0, "0", budget);
  }

  private static Object justify(
      String text, Arguments arguments, Budget budget, int halvesToTheLeft) {
    Arguments.Bound bound = arguments.bind("width", "fillchar");
    long width = bound.integer(0);
    String fill = bound.text(1, " ");
    if (PythonText.length(fill) != 1) {
      throw Failure.render("the fill must be one character");
    }
    int missing = Math.clamp(width - PythonText.length(text), 0, Integer.MAX_VALUE);
    int left =
        switch (halvesToTheLeft) {
          case 0 -> 0;
          case 1 -> missing / 2 + (missing & (int) width & 1);
          default -> missing;
        };
    return PythonText.pad(text, left, missing - left, fill, budget);
  }

  private static Object expandTabs(String text, Arguments arguments, Budget budget) {
    int size = Math.clamp(arguments.bind("tabsize").integer(0, 8), 0, 1000);
    StringBuilder expanded = new StringBuilder();
    int column = 0;
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      int width = character == '\t' ? (size == 0 ? 0 : size - column % size) : 1;
      budget.checkText(expanded.length() + width);
      expanded.append(character == '\t' ? " ".repeat(width) : String.valueOf(character));
      column = character == '\n' || character == '\r' ? 0 : column + width;
    }
    budget.text(expanded.length());
    return expanded.toString();
  }

  /** Upper case for letters after anything that is no letter, lower case for the others. */
  private static String title(String text) {
    StringBuilder titled = new StringBuilder(text.length());
    boolean insideWord = false;
    for (int codePoint : text.codePoints().toArray()) {
      String character = Character.toString(codePoint);
      titled.append(insideWord ? PythonText.lower(character) : PythonText.titleCase(codePoint));
      insideWord = Character.isLetter(codePoint);
    }
    return titled.toString();
  }

  private static String swapCase(String text) {
    StringBuilder swapped = new StringBuilder(text.length());
    text.codePoints()
        .mapToObj(Character::toString)
        .forEach(c -> swapped.append(isUpper(c) ? PythonText.lower(c) : PythonText.upper(c)));
    return swapped.toString();
  }

  private static boolean isNumeric(int codePoint) {
    int type = Character.getType(codePoint);
    return type == Character.DECIMAL_DIGIT_NUMBER
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER;
  }

  private static boolean isCased(String text) {
    return text.codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
  }

  private static boolean isUpper(String text) {
    return isCased(text) && text.codePoints().noneMatch(Character::isLowerCase);
  }

  private static boolean isLower(String text) {
    return isCased(text) && text.codePoints().noneMatch(Character::isUpperCase);
  }

  private static boolean isIdentifier(String text) {
    return !text.isEmpty()
        && (text.charAt(0) == '_' || Character.isUnicodeIdentifierStart(text.codePointAt(0)))
        && text.codePoints().allMatch(Character::isUnicodeIdentifierPart);
  }
}
