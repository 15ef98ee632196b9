package dev.flyball.engine.template;

import java.util.HashMap;
import java.util.Map;

/** All filters by name. */
final class Filters {
  private static final Map<String, Filter> FILTERS = new HashMap<>();

  static {
    FILTERS.putAll(TextFilters.ALL);
    FILTERS.putAll(NumberFilters.ALL);
    FILTERS.putAll(SequenceFilters.ALL);
    FILTERS.putAll(SelectionFilters.ALL);
    FILTERS.putAll(OrderFilters.ALL);
    FILTERS.putAll(ValueFilters.ALL);
  }

  private Filters() {}

  static boolean exists(String name) {
    return FILTERS.containsKey(name);
  }

  static Filter find(String name) {
    Filter filter = FILTERS.get(name);
    if (filter == null) {
      throw Failure.render("there is no filter named '" + name + "'");
    }
    return filter;
  }
}
