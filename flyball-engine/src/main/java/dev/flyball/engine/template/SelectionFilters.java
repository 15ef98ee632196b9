package dev.flyball.engine.template;

import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Filters that apply a filter or test to every item, when the item is asked for. */
final class SelectionFilters {
  static final Map<String, Filter> ALL =
      Map.of(
          "map", SelectionFilters::map,
          "select", (input, a, r) -> select(input, a, r, false, true),
          "reject", (input, a, r) -> select(input, a, r, false, false),
          "selectattr", (input, a, r) -> select(input, a, r, true, true),
          "rejectattr", (input, a, r) -> select(input, a, r, true, false));

  private SelectionFilters() {}

  /** The items; none of a value that is false, even where that is nothing to go through. */
  private static Iterator<Object> itemsOf(Object input) {
    return Values.isTrue(input) ? Values.iterator(input) : Collections.emptyIterator();
  }

  private static Object map(Object input, Arguments arguments, Rendering rendering) {
    Iterator<Object> items = itemsOf(input);
    UnaryOperator<Object> function =
        arguments.positional().isEmpty() && arguments.named().containsKey("attribute")
            ? attribute(arguments, rendering.budget())
            : filter(arguments, rendering);
    return new Generator(
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return items.hasNext();
          }

          @Override
          public Object next() {
            rendering.budget().step();
            return function.apply(items.next());
          }
        });
  }

  private static UnaryOperator<Object> attribute(Arguments arguments, Budget budget) {
    Map<String, Object> named = new HashMap<>(arguments.named());
    AttributeGetter getter =
        AttributeGetter.of(
            new Arguments(arguments.callee(), arguments.positional(), named)
                .bind("attribute", "default")
                .required(0),
            budget);
    Object defaultValue = named.getOrDefault("default", None.NONE);
    return defaultValue == None.NONE ? getter::get : getter.withDefault(defaultValue)::get;
  }

  private static UnaryOperator<Object> filter(Arguments arguments, Rendering rendering) {
    if (arguments.positional().isEmpty()) {
      throw Failure.render("filter map needs the name of a filter, or an attribute");
    }
    String name = Values.requireText(arguments.callee(), arguments.positional().getFirst());
    Filter filter = Filters.find(name);
    Arguments rest = arguments.from(1);
    return item -> filter.apply(item, rest, rendering);
  }

  private static Object select(
      Object input, Arguments arguments, Rendering rendering, boolean byAttribute, boolean wanted) {
    Iterator<Object> items = itemsOf(input);
    int testIndex = byAttribute ? 1 : 0;
    if (arguments.positional().size() < testIndex) {
      throw Failure.render(arguments.callee() + " needs the name of an attribute");
    }
    UnaryOperator<Object> subject =
        byAttribute
            ? AttributeGetter.of(arguments.positional().getFirst(), rendering.budget())::get
            : item -> item;
    Predicate<Object> test = test(arguments, testIndex, rendering);
    return new Generator(
        new SelectedItems(
            items,
            item -> {
              rendering.budget().step();
              return test.test(subject.apply(item)) == wanted;
            }));
  }

  private static Predicate<Object> test(Arguments arguments, int index, Rendering rendering) {
    if (arguments.positional().size() <= index) {
      return Values::isTrue;
    }
    String name = Values.requireText(arguments.callee(), arguments.positional().get(index));
    Predicates.Predicate test = Predicates.find(name);
    Arguments rest = arguments.from(index + 1);
    return subject -> test.holds(subject, rest, rendering);
  }
}
