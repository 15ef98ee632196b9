package dev.flyball.engine.template;

import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Equality, order and membership of values. */
final class ValueOrder {
  private ValueOrder() {}

  static boolean equal(Object left, Object right, Budget budget) {
    if (Values.isText(left) && Values.isText(right)) {
      return Values.text(left).equals(Values.text(right));
    }
    if (Values.isNumber(left) && Values.isNumber(right)) {
      return Numbers.equal(left, right);
    }
    return switch (left) {
      case List<?> a when right instanceof List<?> b && isRange(a) == isRange(b) ->
          equalItems(Values.list(a), Values.list(b), budget);
      case Tuple a when right instanceof Tuple b -> equalItems(a.items(), b.items(), budget);
      case Map<?, ?> a when right instanceof Map<?, ?> b ->
          equalDicts(Values.dict(a), Values.dict(b), budget);
      case Undefined _ -> right instanceof Undefined;
      default -> left.equals(right);
    };
  }

  private static boolean isRange(List<?> list) {
    return list instanceof IntRange;
  }

  private static boolean equalItems(List<Object> left, List<Object> right, Budget budget) {
    if (left.size() != right.size()) {
      return false;
    }
    budget.enter();
    Iterator<Object> others = right.iterator();
    boolean equal = true;
    for (Object item : left) {
      budget.step();
      if (!equal(item, others.next(), budget)) {
        equal = false;
        break;
      }
    }
    budget.leave();
    return equal;
  }

  private static boolean equalDicts(
      Map<Object, Object> left, Map<Object, Object> right, Budget budget) {
    if (left.size() != right.size()) {
      return false;
    }
    budget.enter();
    boolean equal = true;
    for (Map.Entry<Object, Object> entry : left.entrySet()) {
      budget.step();
      Object other = right.get(entry.getKey());
      if (other == null || !equal(entry.getValue(), other, budget)) {
        equal = false;
        break;
      }
    }
    budget.leave();
    return equal;
  }

  static Comparator<Object> comparator(Budget budget) {
    return (left, right) -> compare(left, right, budget);
  }

  /** Orders numbers, texts, and lists or tuples of them; anything else has no order. */
  static int compare(Object left, Object right, Budget budget) {
    budget.step();
    if (Values.isNumber(left) && Values.isNumber(right)) {
      return Numbers.compare(left, right);
    }
    if (Values.isText(left) && Values.isText(right)) {
      return compareTexts(Values.text(left), Values.text(right));
    }
    if (left instanceof Tuple a && right instanceof Tuple b) {
      return compareItems(a.items(), b.items(), budget);
    }
    if (left instanceof List<?> a && right instanceof List<?> b && !isRange(a) && !isRange(b)) {
      return compareItems(Values.list(a), Values.list(b), budget);
    }
    throw Operators.unsupported("order", left, right);
  }

  private static int compareItems(List<Object> left, List<Object> right, Budget budget) {
    budget.enter();
    int order = Integer.compare(left.size(), right.size());
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      if (!equal(left.get(i), right.get(i), budget)) {
        order = compare(left.get(i), right.get(i), budget);
        break;
      }
    }
    budget.leave();
    return order;
  }

  /** By code point, which is not the order of UTF-16 units. */
  private static int compareTexts(String left, String right) {
    int length = Math.min(left.length(), right.length());
    for (int i = 0; i < length; i++) {
      if (left.charAt(i) != right.charAt(i)) {
        boolean bothSurrogates =
            Character.isSurrogate(left.charAt(i)) == Character.isSurrogate(right.charAt(i));
        return bothSurrogates
            ? Character.compare(left.charAt(i), right.charAt(i))
            : Character.isSurrogate(left.charAt(i)) ? 1 : -1;
      }
    }
    return Integer.compare(left.length(), right.length());
  }

  static boolean contains(Object container, Object item, Budget budget) {
    if (Values.isText(container)) {
      return containsText(Values.text(container), item, budget);
    }
    if (container instanceof Map<?, ?> dict) {
      return dict.containsKey(Values.key(item));
    }
    Iterator<Object> items = Values.iterator(container);
    while (items.hasNext()) {
      budget.step();
      if (equal(items.next(), item, budget)) {
        return true;
      }
    }
    return false;
  }

  private static boolean containsText(String text, Object item, Budget budget) {
    if (item instanceof Undefined undefined) {
      throw undefined.failure();
    }
    if (!Values.isText(item)) {
      throw Failure.render(
          "'in' a string needs a string on its left, not a value of type " + Values.typeName(item));
    }
    String needle = Values.text(item);
    budget.search(text.length(), needle.length());
    return text.contains(needle);
  }
}
