package dev.flyball.engine.template;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Filters that compare items with each other. */
final class OrderFilters {
  static final Map<String, Filter> ALL =
      Map.of(
          "sort", OrderFilters::sort,
          "dictsort", OrderFilters::sortDict,
          "unique", OrderFilters::unique,
          "groupby", OrderFilters::groupBy,
          "min", (input, a, r) -> extreme(input, a, r, -1),
          "max", (input, a, r) -> extreme(input, a, r, 1));

  private OrderFilters() {}

  /** An item with what it is ordered by. */
  private record Keyed(Object key, Object item) {}

  private static List<Object> sorted(
      List<Object> items, AttributeGetter key, boolean reverse, Budget budget) {
    List<Keyed> keyed = new ArrayList<>(items.size());
    for (Object item : items) {
      keyed.add(new Keyed(key.get(item), item));
    }
    Comparator<Object> order = ValueOrder.comparator(budget);
    keyed.sort(Comparator.comparing(Keyed::key, reverse ? order.reversed() : order));
    budget.items(items.size());
    List<Object> sorted = new ArrayList<>(items.size());
    keyed.forEach(entry -> sorted.add(entry.item()));
    return sorted;
  }

  private static Object sort(Object input, Arguments arguments, Rendering rendering) {
    Arguments.Bound bound = arguments.bind("reverse", "case_sensitive", "attribute");
    Budget budget = rendering.budget();
    AttributeGetter key = AttributeGetter.ofAll(bound, 2, !bound.truth(1, false), budget);
    return sorted(Values.items(input, budget), key, bound.truth(0, false), budget);
  }

  private static Object sortDict(Object input, Arguments arguments, Rendering rendering) {
    Arguments.Bound bound = arguments.bind("case_sensitive", "by", "reverse");
    Budget budget = rendering.budget();
    if (input instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (!(input instanceof Map<?, ?> dict)) {
      throw Failure.render(
          "filter dictsort needs a dict, not a value of type " + Values.typeName(input));
    }
    long position =
        switch (bound.text(1, "key")) {
          case "key" -> 0;
          case "value" -> 1;
          default -> throw Failure.render("filter dictsort sorts by 'key' or by 'value'");
        };
    List<Object> pairs = Values.items(new DictView(DictView.Part.ITEMS, Values.dict(dict)), budget);
    AttributeGetter key = cased(AttributeGetter.of((Object) position, budget), bound, 0);
    return sorted(pairs, key, bound.truth(2, false), budget);
  }

  private static AttributeGetter cased(AttributeGetter key, Arguments.Bound bound, int argument) {
    return bound.truth(argument, false) ? key : key.ignoringCase();
  }

  private static Object unique(Object input, Arguments arguments, Rendering rendering) {
    Arguments.Bound bound = arguments.bind("case_sensitive", "attribute");
    Budget budget = rendering.budget();
    AttributeGetter key = cased(AttributeGetter.of(bound, 1, budget), bound, 0);
    Set<Object> seen = new HashSet<>();
    List<Object> unique = new ArrayList<>();
    for (Object item : Values.items(input, budget)) {
      budget.step();
      if (seen.add(Values.key(key.get(item)))) {
        unique.add(item);
      }
    }
    return new Generator(unique.iterator());
  }

  /** Pairs of a value of the attribute, and the items that have it; ordered by the value. */
  private static Object groupBy(Object input, Arguments arguments, Rendering rendering) {
    Arguments.Bound bound = arguments.bind("attribute", "default", "case_sensitive");
    Budget budget = rendering.budget();
    AttributeGetter exact = AttributeGetter.of(bound.required(0), budget);
    if (!bound.isNone(1)) {
      exact = exact.withDefault(bound.required(1));
    }
    AttributeGetter key = cased(exact, bound, 2);
    List<Object> groups = new ArrayList<>();
    List<Object> group = new ArrayList<>();
    for (Object item : sorted(Values.items(input, budget), key, false, budget)) {
      if (!group.isEmpty() && !ValueOrder.equal(key.get(group.getFirst()), key.get(item), budget)) {
        groups.add(asTuple(exact.get(group.getFirst()), group));
        group = new ArrayList<>();
      }
      group.add(item);
    }
    if (!group.isEmpty()) {
      groups.add(asTuple(exact.get(group.getFirst()), group));
    }
    return groups;
  }

  private static Tuple asTuple(Object grouper, List<Object> group) {
    return new Tuple(List.of(grouper, group), List.of("grouper", "list"));
  }

  private static Object extreme(
      Object input, Arguments arguments, Rendering rendering, int wantedSign) {
    Arguments.Bound bound = arguments.bind("case_sensitive", "attribute");
    Budget budget = rendering.budget();
    AttributeGetter key = cased(AttributeGetter.of(bound, 1, budget), bound, 0);
    Iterator<Object> items = Values.iterator(input);
    if (!items.hasNext()) {
      return new Undefined("there is no item to choose from");
    }
    Object extreme = items.next();
    Object extremeKey = key.get(extreme);
    while (items.hasNext()) {
      Object item = items.next();
      Object itemKey = key.get(item);
      if (ValueOrder.compare(itemKey, extremeKey, budget) * wantedSign > 0) {
        extreme = item;
        extremeKey = itemKey;
      }
    }
    return extreme;
  }
}
