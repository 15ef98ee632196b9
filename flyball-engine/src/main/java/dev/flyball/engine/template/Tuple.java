package dev.flyball.engine.template;

import java.util.List;

/**
 * Python's tuple: a list that prints in round brackets, is never equal to a list, and hashes.
 *
 * @param names under which the items are attributes too; empty for an ordinary tuple
 */
record Tuple(List<Object> items, List<String> names) {
  Tuple(List<Object> items) {
    this(items, List.of());
  }

  static Tuple of(Object... items) {
    return new Tuple(List.of(items));
  }
}
