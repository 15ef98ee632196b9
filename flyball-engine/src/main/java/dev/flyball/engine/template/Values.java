package dev.flyball.engine.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * What a template computes with, by the rules of Python. The types and their Java classes: NoneType
 * {@link None}, bool Boolean, int Long or (beyond 64 bits) BigInteger, float Double, str String or
 * {@link Markup}, list List, tuple {@link Tuple}, dict Map with unique keys in order of insertion,
 * range {@link IntRange}; and {@link DictView}, {@link Generator}, {@link Namespace}, {@link
 * Callable} and {@link Undefined}. No value is ever changed, a namespace and a generator excepted.
 */
final class Values {
  private Values() {}

  static String typeName(Object value) {
    return switch (value) {
      case None _ -> "none";
      case Boolean _ -> "bool";
      case Long _ -> "int";
      case BigInteger _ -> "int";
      case Double _ -> "float";
      case String _ -> "str";
      case Markup _ -> "str";
      case Tuple _ -> "tuple";
      case IntRange _ -> "range";
      case List<?> _ -> "list";
      case Map<?, ?> _ -> "dict";
      case DictView view -> view.part().typeName();
      case Generator _ -> "generator";
      case Namespace _ -> "namespace";
      case Undefined _ -> "undefined";
      case Macro _ -> "macro";
      case LoopState _ -> "loop";
      default -> "function";
    };
  }

  static boolean isText(Object value) {
    return value instanceof String || value instanceof Markup;
  }

  /** The characters of a value of type str. */
  static String text(Object value) {
    return value instanceof Markup markup ? markup.text() : (String) value;
  }

  /** The characters of a value that has to be of type str. */
  static String requireText(String user, Object value) {
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (!isText(value)) {
      throw Failure.render(user + " needs a string, not a value of type " + typeName(value));
    }
    return text(value);
  }

  static boolean isInteger(Object value) {
    return value instanceof Long || value instanceof BigInteger || value instanceof Boolean;
  }

  static boolean isNumber(Object value) {
    return isInteger(value) || value instanceof Double;
  }

  @SuppressWarnings("unchecked") // Every Map that is a value has keys and values that are values.
  static Map<Object, Object> dict(Object value) {
    return (Map<Object, Object>) value;
  }

  @SuppressWarnings("unchecked") // Every List that is a value has items that are values.
  static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  static boolean isTrue(Object value) {
    return switch (value) {
      case None _ -> false;
      case Undefined _ -> false;
      case Boolean truth -> truth;
      case Long number -> number != 0;
      case Double number -> number != 0;
      case String text -> !text.isEmpty();
      case Markup markup -> !markup.text().isEmpty();
      case List<?> list -> !list.isEmpty();
      case Tuple tuple -> !tuple.items().isEmpty();
      case Map<?, ?> dict -> !dict.isEmpty();
      case DictView view -> !view.dict().isEmpty();
      default -> true;
    };
  }

  /** The form in which a value is a key of a dict. */
  static Object key(Object value) {
    return switch (value) {
      case Markup markup -> markup.text();
      case Double number when number == Math.rint(number) && Math.abs(number) < 1L << 53 ->
          (long) (double) number;
      case List<?> list when !(list instanceof IntRange) -> throw unhashable(list);
      case Map<?, ?> dict -> throw unhashable(dict);
      default -> value;
    };
  }

  static boolean isHashable(Object value) {
    return value instanceof IntRange || !(value instanceof List || value instanceof Map);
  }

  private static RuntimeException unhashable(Object value) {
    return Failure.render("a value of type " + typeName(value) + " cannot be a key of a dict");
  }

  /** Whether the value has items to go through. */
  static boolean isIterable(Object value) {
    return switch (value) {
      case String _, Markup _, List<?> _, Tuple _, Map<?, ?> _ -> true;
      case DictView _, Generator _, Undefined _ -> true;
      default -> false;
    };
  }

  /** Goes through the items; the characters of a text, the keys of a dict. */
  static Iterator<Object> iterator(Object value) {
    return switch (value) {
      case String text -> PythonText.characters(text);
      case Markup markup -> PythonText.characters(markup.text());
      case List<?> list -> list(list).iterator();
      case Tuple tuple -> tuple.items().iterator();
      case Map<?, ?> dict -> dict(dict).keySet().iterator();
      case DictView view -> view.iterator();
      case Generator generator -> generator.items();
      case Undefined _ -> Collections.emptyIterator();
      default -> throw Failure.render("a value of type " + typeName(value) + " has no items");
    };
  }

  /** All items; the list itself where it is one. */
  static List<Object> items(Object value, Budget budget) {
    if (value instanceof List<?> list) {
      return list(list);
    }
    if (value instanceof Tuple tuple) {
      return tuple.items();
    }
    List<Object> items = new ArrayList<>();
    iterator(value)
        .forEachRemaining(
            item -> {
              budget.step();
              items.add(item);
            });
    budget.items(items.size());
    return items;
  }

  static boolean hasLength(Object value) {
    return isIterable(value) && !(value instanceof Generator);
  }

  static long length(Object value) {
    return switch (value) {
      case String text -> PythonText.length(text);
      case Markup markup -> PythonText.length(markup.text());
      case List<?> list -> list.size();
      case Tuple tuple -> tuple.items().size();
      case Map<?, ?> dict -> dict.size();
      case DictView view -> view.dict().size();
      case Undefined _ -> 0;
      default -> throw Failure.render("a value of type " + typeName(value) + " has no length");
    };
  }
}
