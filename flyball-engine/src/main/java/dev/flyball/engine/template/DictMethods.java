package dev.flyball.engine.template;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The methods of dicts that only read. */
final class DictMethods {
  private static final Set<String> CHANGING =
      Set.of("clear", "pop", "popitem", "setdefault", "update");

  private static final Map<String, BoundMethod.Body> METHODS =
      Map.of(
          "get", DictMethods::get,
          "keys", view(DictView.Part.KEYS),
          "values", view(DictView.Part.VALUES),
          "items", view(DictView.Part.ITEMS),
          "copy", DictMethods::copy);

  private DictMethods() {}

  static boolean changesOwner(String name) {
    return CHANGING.contains(name);
  }

  static Optional<BoundMethod.Body> find(String name) {
    return Optional.ofNullable(METHODS.get(name));
  }

  private static Object get(Object owner, Arguments arguments, Rendering rendering) {
    Arguments.Bound bound = arguments.bind("key", "default");
    Object value = Values.dict(owner).get(Values.key(bound.required(0)));
    return value == null ? bound.value(1, None.NONE) : value;
  }

  private static BoundMethod.Body view(DictView.Part part) {
    return (owner, arguments, _) -> {
      arguments.bind();
      return new DictView(part, Values.dict(owner));
    };
  }

  /** A dict never changes, so it is its own copy. */
  private static Object copy(Object owner, Arguments arguments, Rendering rendering) {
    arguments.bind();
    return owner;
  }
}
