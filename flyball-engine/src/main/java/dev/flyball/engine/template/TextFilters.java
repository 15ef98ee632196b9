package dev.flyball.engine.template;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Filters that make text of text. */
final class TextFilters {
  static final Map<String, Filter> ALL =
      Map.ofEntries(
          Map.entry("string", (input, a, r) -> string(input, a, r.budget())),
          Map.entry("safe", TextFilters::safe),
          Map.entry("escape", TextFilters::escape),
          Map.entry("e", TextFilters::escape),
          Map.entry("forceescape", TextFilters::forceEscape),
          Map.entry("upper", method("upper")),
          Map.entry("lower", method("lower")),
          Map.entry("capitalize", method("capitalize")),
          Map.entry("trim", method("strip")),
          Map.entry("title", TextFilters::title),
          Map.entry("center", TextFilters::center),
          Map.entry("replace", TextFilters::replace),
          Map.entry("indent", TextFilters::indent),
          Map.entry("truncate", TextFilters::truncate),
          Map.entry("wordcount", TextFilters::wordCount),
          Map.entry("format", TextFilters::format),
          Map.entry("join", TextFilters::join),
          Map.entry("urlencode", TextFilters::urlEncode));

  private static final int MAX_WIDTH = Integer.MAX_VALUE;
  private static final Pattern WORD_BOUNDARY = Pattern.compile("[-\\s({\\[<]");
  private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

  private TextFilters() {}

  private static Object string(Object input, Arguments arguments, Budget budget) {
    arguments.bind();
    return asText(input, budget);
  }

  /** Text as it is, anything else as it prints. */
  private static Object asText(Object input, Budget budget) {
    return Values.isText(input) ? input : Repr.str(input, budget);
  }

  private static Filter method(String name) {
    return (input, arguments, rendering) -> {
      Object text = asText(input, rendering.budget());
      Object method = Lookup.attribute(text, name);
      return ((Callable) method).call(arguments, rendering);
    };
  }

  private static Object safe(Object input, Arguments arguments, Rendering rendering) {
    arguments.bind();
    return new Markup(Repr.str(input, rendering.budget()));
  }

  private static Object escape(Object input, Arguments arguments, Rendering rendering) {
    arguments.bind();
    return Markup.escape(input, rendering.budget());
  }

  private static Object forceEscape(Object input, Arguments arguments, Rendering rendering) {
    arguments.bind();
    return Markup.escape(Repr.str(input, rendering.budget()), rendering.budget());
  }

  /** Upper case after white space, a hyphen or an opening bracket; lower case elsewhere. */
  private static Object title(Object input, Arguments arguments, Rendering rendering) {
    arguments.bind();
    String text = Repr.str(input, rendering.budget());
    rendering.budget().text(text.length());
    StringBuilder titled = new StringBuilder(text.length());
    boolean startsWord = true;
    for (int codePoint : text.codePoints().toArray()) {
      String character = Character.toString(codePoint);
      titled.append(startsWord ? PythonText.upper(character) : PythonText.lower(character));
      startsWord = WORD_BOUNDARY.matcher(character).matches();
    }
    return titled.toString();
  }

  private static Object center(Object input, Arguments arguments, Rendering rendering) {
    long width = arguments.bind("width").integer(0, 80);
    Object text = asText(input, rendering.budget());
    Object method = Lookup.attribute(text, "center");
    return ((Callable) method).call(Arguments.of("filter center", width), rendering);
  }

  private static Object replace(Object input, Arguments arguments, Rendering rendering) {
    Budget budget = rendering.budget();
    Arguments.Bound bound = arguments.bind("old", "new", "count");
    return TextSearch.replace(
        Repr.str(input, budget),
        Repr.str(bound.required(0), budget),
        Repr.str(bound.required(1), budget),
        bound.isNone(2) ? -1 : bound.integer(2),
        budget);
  }

  private static Object indent(Object input, Arguments arguments, Rendering rendering) {
    Arguments.Bound bound = arguments.bind("width", "first", "blank");
    Budget budget = rendering.budget();
    Object width = bound.value(0, 4L);
    String indentation =
        Values.isText(width)
            ? Values.text(width)
            : PythonText.pad("", Math.clamp(bound.integer(0, 4), 0, MAX_WIDTH), 0, " ", budget);
    boolean blank = bound.truth(2, false);
    String text = Values.requireText(arguments.callee(), input);
    List<Object> lines = TextSplitting.lines(text + "\n", false);
    budget.text(text.length() + (long) indentation.length() * lines.size());
    StringBuilder indented = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      String line = (String) lines.get(i);
      boolean isIndented = i == 0 ? bound.truth(1, false) : blank || !line.isEmpty();
      indented.append(i == 0 ? "" : "\n").append(isIndented ? indentation : "").append(line);
    }
    return input instanceof Markup ? new Markup(indented.toString()) : indented.toString();
  }

  /** Cuts at a word's end, unless {@code killwords}, so that the text with the end fits. */
  private static Object truncate(Object input, Arguments arguments, Rendering rendering) {
    Arguments.Bound bound = arguments.bind("length", "killwords", "end", "leeway");
    String end = bound.text(2, "...");
    long length = bound.integer(0, 255);
    long leeway = bound.isNone(3) ? 5 : bound.integer(3);
    long kept = length - PythonText.length(end);
    if (kept < 0 || leeway < 0) {
      throw Failure.render("filter truncate: the length must have room for the end");
    }
    if (Values.length(input) <= length + leeway) {
      return input;
    }
    String text = Values.requireText(arguments.callee(), input);
    rendering.budget().text(length);
    String cut = text.substring(0, PythonText.offset(text, (int) kept));
    int space = bound.truth(1, false) ? -1 : cut.lastIndexOf(' ');
    return (space < 0 ? cut : cut.substring(0, space)) + end;
  }

  private static Object wordCount(Object input, Arguments arguments, Rendering rendering) {
    arguments.bind();
    String text = Repr.str(input, rendering.budget());
    rendering.budget().text(text.length());
    return WORD.matcher(text).results().count();
  }

  private static Object format(Object input, Arguments arguments, Rendering rendering) {
    if (!arguments.positional().isEmpty() && !arguments.named().isEmpty()) {
      throw Failure.render("filter format takes positional or named arguments, not both");
    }
    Object values =
        arguments.named().isEmpty()
            ? new Tuple(arguments.positional())
            : Map.copyOf(arguments.named());
    return PercentFormat.format(Repr.str(input, rendering.budget()), values, rendering.budget());
  }

  private static Object join(Object input, Arguments arguments, Rendering rendering) {
    Arguments.Bound bound = arguments.bind("d", "attribute");
    Budget budget = rendering.budget();
    AttributeGetter attribute = AttributeGetter.of(bound, 1, budget);
    List<String> texts = new ArrayList<>();
    Iterator<Object> items = Values.iterator(input);
    while (items.hasNext()) {
      budget.step();
      texts.add(Repr.str(attribute.get(items.next()), budget));
    }
    return TextMethods.join(Repr.str(bound.value(0, ""), budget), texts, budget);
  }

  private static Object urlEncode(Object input, Arguments arguments, Rendering rendering) {
    arguments.bind();
    Budget budget = rendering.budget();
    if (Values.isText(input) || !Values.isIterable(input)) {
      return urlEncoded(Repr.str(input, budget), "/", "%20", budget);
    }
    Iterator<Object> pairs =
        input instanceof Map<?, ?> dict
            ? DictView.items(Values.dict(dict))
            : Values.iterator(input);
    List<String> texts = new ArrayList<>();
    while (pairs.hasNext()) {
      List<Object> pair = Values.items(pairs.next(), budget);
      if (pair.size() != 2) {
        throw Failure.render("filter urlencode needs pairs of name and value");
      }
      String name = urlEncoded(Repr.str(pair.get(0), budget), "%2F", "+", budget);
      texts.add(name + "=" + urlEncoded(Repr.str(pair.get(1), budget), "%2F", "+", budget));
    }
    return TextMethods.join("&", texts, budget);
  }

  private static String urlEncoded(String text, String slash, String space, Budget budget) {
    budget.text(text.length() * 3L);
    return URLEncoder.encode(text, StandardCharsets.UTF_8)
        .replace("*", "%2A")
        .replace("%7E", "~")
        .replace("+", space)
        .replace("%2F", slash);
  }
}
