package dev.flyball.engine.template;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Reads what filters such as {@code sort(attribute="a.b")} work on out of an item. */
record AttributeGetter(UnaryOperator<Object> getter) {
  /** By a path of names or an index; the item itself where the argument is left out. */
  static AttributeGetter of(Arguments.Bound bound, int argument, Budget budget) {
    return bound.isNone(argument)
        ? new AttributeGetter(item -> item)
        : of(bound.required(argument), budget);
  }

  static AttributeGetter of(Object attribute, Budget budget) {
    if (Values.isText(attribute)) {
      String path = Values.text(attribute);
      return new AttributeGetter(item -> Lookup.path(item, path, budget));
    }
    return new AttributeGetter(item -> Lookup.subscript(item, attribute, budget));
  }

  /** By several paths with commas between them, as a tuple. */
  static AttributeGetter ofAll(
      Arguments.Bound bound, int argument, boolean ignoresCase, Budget budget) {
    if (bound.isNone(argument) || !Values.isText(bound.required(argument))) {
      AttributeGetter single = of(bound, argument, budget);
      return ignoresCase ? single.ignoringCase() : single;
    }
    String[] paths = bound.text(argument).split(",", -1);
    return new AttributeGetter(
        item -> {
          List<Object> values = new ArrayList<>();
          for (String path : paths) {
            Object value = Lookup.path(item, path, budget);
            values.add(ignoresCase ? lower(value) : value);
          }
          return new Tuple(values);
        });
  }

  /** Gives the default for what is undefined. */
  AttributeGetter withDefault(Object defaultValue) {
    return new AttributeGetter(
        item -> {
          Object value = get(item);
          return value instanceof Undefined ? defaultValue : value;
        });
  }

  /** Gives text in lower case. */
  AttributeGetter ignoringCase() {
    return new AttributeGetter(item -> lower(get(item)));
  }

  private static Object lower(Object value) {
    return switch (value) {
      case String text -> PythonText.lower(text);
      case Markup markup -> PythonText.lower(markup.text());
      default -> value;
    };
  }

  Object get(Object item) {
    return getter.apply(item);
  }
}
