package dev.flyball.engine.template;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one call.
 *
 * @param callee what is called, for error messages
 */
record Arguments(String callee, List<Object> positional, Map<String, Object> named) {
  /** Arguments of a call that the interpreter itself makes. */
  static Arguments of(String callee, Object... positional) {
    return new Arguments(callee, List.of(positional), Map.of());
  }

  /** The arguments from the index on. */
  Arguments from(int index) {
    return new Arguments(callee, positional.subList(index, positional.size()), named);
  }

  /** Assigns the arguments to parameters, by position and by name. */
  Bound bind(String... parameters) {
    if (positional.size() > parameters.length) {
      throw Failure.render(
          "%s takes at most %d arguments, not %d"
              .formatted(callee, parameters.length, positional.size()));
    }
    List<@Nullable Object> values = new ArrayList<>(positional);
    Set<String> unused = new HashSet<>(named.keySet());
    for (int i = 0; i < parameters.length; i++) {
      boolean isNamed = unused.remove(parameters[i]);
      if (i < positional.size() && isNamed) {
        throw Failure.render(callee + " got two values for '" + parameters[i] + "'");
      }
      if (i >= positional.size()) {
        values.add(named.get(parameters[i]));
      }
    }
    if (!unused.isEmpty()) {
      throw Failure.render(callee + " has no parameter '" + unused.iterator().next() + "'");
    }
    return new Bound(callee, parameters, values);
  }

  /** Arguments by the index of their parameter. */
  static final class Bound {
    private final String callee;
    private final String[] parameters;
    private final List<@Nullable Object> values;

    private Bound(String callee, String[] parameters, List<@Nullable Object> values) {
      this.callee = callee;
      this.parameters = parameters;
      this.values = values;
    }

    boolean has(int index) {
      return values.get(index) != null;
    }

    Object value(int index, Object defaultValue) {
      Object value = values.get(index);
      return value == null ? defaultValue : value;
    }

    Object required(int index) {
      Object value = values.get(index);
      if (value == null) {
        throw Failure.render(callee + " lacks its argument '" + parameters[index] + "'");
      }
      return value;
    }

    boolean truth(int index, boolean defaultValue) {
      Object value = values.get(index);
      return value == null ? defaultValue : Values.isTrue(value);
    }

    long integer(int index) {
      return switch (required(index)) {
        case Long integer -> integer;
        case Boolean truth -> truth ? 1 : 0;
        case Object other -> throw wrongType(index, "an integer", other);
      };
    }

    long integer(int index, long defaultValue) {
      return has(index) ? integer(index) : defaultValue;
    }

    String text(int index) {
      Object value = required(index);
      if (!Values.isText(value)) {
        throw wrongType(index, "a string", value);
      }
      return Values.text(value);
    }

    String text(int index, String defaultValue) {
      return has(index) ? text(index) : defaultValue;
    }

    /** Whether the argument was left out or is none. */
    boolean isNone(int index) {
      return value(index, None.NONE) == None.NONE;
    }

    private RuntimeException wrongType(int index, String expected, Object actual) {
      if (actual instanceof Undefined undefined) {
        return undefined.failure();
      }
      return Failure.render(
          "%s: '%s' must be %s, not of type %s"
              .formatted(callee, parameters[index], expected, Values.typeName(actual)));
    }
  }
}
