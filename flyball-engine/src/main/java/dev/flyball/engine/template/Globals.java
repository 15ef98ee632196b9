package dev.flyball.engine.template;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** The functions that every template can call. */
final class Globals {
  static final Map<Object, Object> ALL =
      Map.of(
          "range", (Callable) Globals::range,
          "dict", (Callable) Globals::dict,
          "namespace", (Callable) Globals::namespace,
          "cycler", (Callable) Globals::cycler,
          "joiner", (Callable) Globals::joiner,
          "raise_exception", (Callable) Globals::raiseException,
          "strftime_now", (Callable) Globals::strftimeNow);

  private Globals() {}

  private static Object range(Arguments arguments, Rendering rendering) {
    Arguments.Bound bound = arguments.bind("start", "stop", "step");
    return bound.has(1)
        ? new IntRange(bound.integer(0), bound.integer(1), bound.integer(2, 1), rendering.budget())
        : new IntRange(0, bound.integer(0), 1, rendering.budget());
  }

  private static Object namespace(Arguments arguments, Rendering rendering) {
    return new Namespace(dict(arguments, rendering));
  }

  /** From a dict or pairs, and named arguments. */
  private static Map<Object, Object> dict(Arguments arguments, Rendering rendering) {
    Map<Object, Object> dict = new LinkedHashMap<>();
    if (!arguments.positional().isEmpty()) {
      Object source =
          new Arguments(arguments.callee(), arguments.positional(), Map.of())
              .bind("source")
              .required(0);
      addAll(source, dict, rendering.budget());
    }
    dict.putAll(arguments.named());
    rendering.budget().items(dict.size());
    return dict;
  }

  private static void addAll(Object source, Map<Object, Object> dict, Budget budget) {
    if (source instanceof Map<?, ?> other) {
      dict.putAll(Values.dict(other));
      return;
    }
    Iterator<Object> pairs = Values.iterator(source);
    while (pairs.hasNext()) {
      List<Object> pair = Values.items(pairs.next(), budget);
      if (pair.size() != 2) {
        throw Failure.render("dict() needs pairs of key and value");
      }
      dict.put(Values.key(pair.get(0)), pair.get(1));
    }
  }

  private static Object raiseException(Arguments arguments, Rendering rendering) {
    Object message = arguments.bind("message").required(0);
    throw Failure.render(Repr.str(message, rendering.budget()));
  }

  private static Object strftimeNow(Arguments arguments, Rendering rendering) {
    String format = arguments.bind("format").text(0);
    rendering.budget().text(format.length() * 32L);
    return Strftime.format(rendering.now(), format);
  }

  private static Object cycler(Arguments arguments, Rendering rendering) {
    if (arguments.positional().isEmpty()) {
      throw Failure.render("cycler() needs values to cycle through");
    }
    return new Cycler(List.copyOf(arguments.positional()));
  }

  private static Object joiner(Arguments arguments, Rendering rendering) {
    Object separator = arguments.bind("sep").value(0, ", ");
    AtomicBoolean first = new AtomicBoolean(true);
    return (Callable)
        (none, _) -> {
          none.bind();
          return first.getAndSet(false) ? "" : separator;
        };
  }

  /** Gives values in turn. */
  private static final class Cycler implements WithAttributes {
    private final List<Object> values;
    private int position;

    Cycler(List<Object> values) {
      this.values = values;
    }

    @Override
    public Optional<Object> attribute(String name) {
      return switch (name) {
        case "current" -> Optional.of(values.get(position));
        case "next" ->
            Optional.of(
                (Callable)
                    (_, _) -> {
                      Object current = values.get(position);
                      position = (position + 1) % values.size();
                      return current;
                    });
        case "reset" ->
            Optional.of(
                (Callable)
                    (_, _) -> {
                      position = 0;
                      return None.NONE;
                    });
        default -> Optional.empty();
      };
    }
  }
}
