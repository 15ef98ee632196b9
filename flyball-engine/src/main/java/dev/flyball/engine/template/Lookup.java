package dev.flyball.engine.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Attributes and items of values. Neither reaches what would change a value. */
final class Lookup {
  private Lookup() {}

  /** {@code owner.name}: a method or attribute, else the item of that name. */
  static Object attribute(Object owner, String name) {
    if (owner instanceof Undefined undefined) {
      throw undefined.failure();
    }
    return member(owner, name)
        .or(() -> item(owner, name))
        .orElseGet(() -> Undefined.attribute(owner, name));
  }

  /** A method or attribute; never an item. */
  static Object attributeOnly(Object owner, String name) {
    if (owner instanceof Undefined undefined) {
      throw undefined.failure();
    }
    return member(owner, name).orElseGet(() -> Undefined.attribute(owner, name));
  }

  /** {@code owner[key]}: an item, else the method or attribute of that name. */
  static Object subscript(Object owner, Object key, Budget budget) {
    if (owner instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (key instanceof Slice slice) {
      return slice(owner, slice, budget);
    }
    return item(owner, key)
        .or(() -> Values.isText(key) ? member(owner, Values.text(key)) : Optional.empty())
        .orElseGet(
            () ->
                Values.isText(key)
                    ? Undefined.attribute(owner, Values.text(key))
                    : Undefined.item(owner));
  }

  /** A path of names and indices with points between: {@code a.b.0}. */
  static Object path(Object owner, String path, Budget budget) {
    Object value = owner;
    for (String part : path.split("\\.", -1)) {
      boolean isIndex =
          !part.isEmpty() && part.length() < 10 && part.chars().allMatch(Character::isDigit);
      value = subscript(value, isIndex ? (Object) Long.valueOf(part) : part, budget);
    }
    return value;
  }

  private static Optional<Object> member(Object owner, String name) {
    if (name.startsWith("__")) {
      return Optional.empty();
    }
    return switch (owner) {
      case WithAttributes object -> object.attribute(name);
      case Namespace namespace -> Optional.ofNullable(namespace.attributes().get(name));
      case String _, Markup _ -> method(owner, name, TextMethods.find(name));
      case Map<?, ?> _ ->
          DictMethods.changesOwner(name)
              ? Optional.of(Undefined.forbidden(owner, name))
              : method(owner, name, DictMethods.find(name));
      case List<?> list when !(list instanceof IntRange) && ListMethods.changesOwner(name) ->
          Optional.of(Undefined.forbidden(owner, name));
      case Tuple tuple when tuple.names().contains(name) ->
          Optional.of(tuple.items().get(tuple.names().indexOf(name)));
      case List<?> _, Tuple _ -> method(owner, name, ListMethods.find(name));
      default -> Optional.empty();
    };
  }

  private static Optional<Object> method(
      Object owner, String name, Optional<BoundMethod.Body> body) {
    return body.map(found -> new BoundMethod(owner, name, found));
  }

  private static Optional<Object> item(Object owner, Object key) {
    return switch (owner) {
      case Map<?, ?> dict ->
          Values.isHashable(key)
              ? Optional.ofNullable(dict.get(Values.key(key)))
              : Optional.empty();
      case List<?> list -> index(key, list.size()).map(Values.list(list)::get);
      case Tuple tuple -> index(key, tuple.items().size()).map(tuple.items()::get);
      case String text -> character(text, key);
      case Markup markup -> character(markup.text(), key).map(text -> new Markup((String) text));
      default -> Optional.empty();
    };
  }

  private static Optional<Object> character(String text, Object key) {
    return Values.isInteger(key)
        ? index(key, PythonText.length(text)).map(index -> PythonText.character(text, index))
        : Optional.empty();
  }

  /** The index that a key means, counted from the end where it is negative. */
  private static Optional<Integer> index(Object key, int length) {
    long index =
        switch (key) {
          case Long number -> number;
          case Boolean truth -> truth ? 1 : 0;
          default -> Long.MAX_VALUE;
        };
    long fromStart = index < 0 ? index + length : index;
    return fromStart >= 0 && fromStart < length ? Optional.of((int) fromStart) : Optional.empty();
  }

  private static Object slice(Object owner, Slice slice, Budget budget) {
    return switch (owner) {
      case String text -> slice.of(text, budget);
      case Markup markup -> new Markup(slice.of(markup.text(), budget));
      case List<?> list -> slice.of(Values.list(list), budget);
      case Tuple tuple -> new Tuple(slice.of(tuple.items(), budget));
      default ->
          throw Failure.render(
              "a value of type " + Values.typeName(owner) + " has no parts to slice");
    };
  }
}
