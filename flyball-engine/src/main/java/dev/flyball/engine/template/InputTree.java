package dev.flyball.engine.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the caller's variables into {@link Values}, by copying all but the strings. */
final class InputTree {
  private final Budget budget;

  InputTree(Budget budget) {
    this.budget = budget;
  }

  Map<Object, Object> dict(Map<?, ? extends @Nullable Object> input) {
    budget.enter();
    budget.items(input.size());
    Map<Object, Object> dict = LinkedHashMap.newLinkedHashMap(input.size());
    for (Map.Entry<?, ? extends @Nullable Object> entry : input.entrySet()) {
      if (!(entry.getKey() instanceof String key)) {
        throw Failure.render("the input has an object with a key that is no string");
      }
      dict.put(key, value(entry.getValue()));
    }
    budget.leave();
    return dict;
  }

  private List<Object> list(List<? extends @Nullable Object> input) {
    budget.enter();
    budget.items(input.size());
    List<Object> list = new ArrayList<>(input.size());
    for (Object item : input) {
      list.add(value(item));
    }
    budget.leave();
    return list;
  }

  private Object value(@Nullable Object input) {
    return switch (input) {
      case null -> None.NONE;
      case String text -> text;
      case Boolean truth -> truth;
      case Long number -> number;
      case Integer number -> (long) number;
      case Double number -> number;
      case Float number -> (double) number;
      case BigInteger number -> Numbers.integer(number);
      case BigDecimal number -> number.doubleValue();
      case Map<?, ? extends @Nullable Object> map -> dict(map);
      case List<? extends @Nullable Object> list -> list(list);
      default ->
          throw Failure.render(
              "the input has a value of " + input.getClass() + ", which no template can read");
    };
  }
}
