package dev.flyball.engine.template;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The methods of lists, tuples and ranges that only read. */
final class ListMethods {
  private static final Set<String> CHANGING =
      Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

  private static final Map<String, BoundMethod.Body> METHODS =
      Map.of(
          "index", ListMethods::index,
          "count", ListMethods::count,
          "copy", ListMethods::copy);

  private ListMethods() {}

  static boolean changesOwner(String name) {
    return CHANGING.contains(name);
  }

  static Optional<BoundMethod.Body> find(String name) {
    return Optional.ofNullable(METHODS.get(name));
  }

  private static Object index(Object owner, Arguments arguments, Rendering rendering) {
    Object wanted = arguments.bind("value").required(0);
    List<Object> items = Values.items(owner, rendering.budget());
    for (int i = 0; i < items.size(); i++) {
      rendering.budget().step();
      if (ValueOrder.equal(items.get(i), wanted, rendering.budget())) {
        return (long) i;
      }
    }
    throw Failure.render("index(): the list has no such item");
  }

  private static Object count(Object owner, Arguments arguments, Rendering rendering) {
    Object wanted = arguments.bind("value").required(0);
    long count = 0;
    for (Object item : Values.items(owner, rendering.budget())) {
      rendering.budget().step();
      count += ValueOrder.equal(item, wanted, rendering.budget()) ? 1 : 0;
    }
    return count;
  }

  /** A list never changes, so it is its own copy. */
  private static Object copy(Object owner, Arguments arguments, Rendering rendering) {
    arguments.bind();
    return owner;
  }
}
