package dev.flyball.engine.template;

import java.util.List;
import java.util.Map;

/** Filters for values of any type. */
final class ValueFilters {
  static final Map<String, Filter> ALL =
      Map.of(
          "default", ValueFilters::defaultValue,
          "d", ValueFilters::defaultValue,
          "attr", ValueFilters::attribute,
          "tojson", ValueFilters::toJson);

  private ValueFilters() {}

  private static Object defaultValue(Object input, Arguments arguments, Rendering rendering) {
    Arguments.Bound bound = arguments.bind("default_value", "boolean");
    boolean missing =
        input instanceof Undefined || (bound.truth(1, false) && !Values.isTrue(input));
    return missing ? bound.value(0, "") : input;
  }

  /** The attribute only, where {@code owner.name} falls back to the item. */
  private static Object attribute(Object input, Arguments arguments, Rendering rendering) {
    return Lookup.attributeOnly(input, arguments.bind("name").text(0));
  }

  private static Object toJson(Object input, Arguments arguments, Rendering rendering) {
    Arguments.Bound bound = arguments.bind("ensure_ascii", "indent", "separators", "sort_keys");
    boolean multiline = !bound.isNone(1);
    String itemSeparator = multiline ? "," : ", ";
    String keySeparator = ": ";
    if (!bound.isNone(2)) {
      List<Object> separators = Values.items(bound.required(2), rendering.budget());
      if (separators.size() != 2) {
        throw Failure.render("filter tojson: 'separators' must be a pair of strings");
      }
      itemSeparator = Values.requireText(arguments.callee(), separators.get(0));
      keySeparator = Values.requireText(arguments.callee(), separators.get(1));
    }
    JsonWriter.Layout layout =
        new JsonWriter.Layout(
            bound.truth(0, false),
            multiline,
            multiline ? indent(bound, rendering.budget()) : "",
            itemSeparator,
            keySeparator,
            bound.truth(3, false));
    return JsonWriter.write(input, layout, rendering.budget());
  }

  private static String indent(Arguments.Bound bound, Budget budget) {
    Object indent = bound.required(1);
    return Values.isText(indent)
        ? Values.text(indent)
        : PythonText.pad("", Math.clamp(bound.integer(1), 0, Integer.MAX_VALUE), 0, " ", budget);
  }
}
