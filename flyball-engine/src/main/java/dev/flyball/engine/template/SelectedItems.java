package dev.flyball.engine.template;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;

/** The items for which a condition holds, which is found out only when they are needed. */
final class SelectedItems implements Iterator<Object> {
  private final Iterator<Object> items;
  private final Predicate<Object> condition;
  private Object next = None.NONE;
  private boolean hasNext;

  SelectedItems(Iterator<Object> items, Predicate<Object> condition) {
    this.items = items;
    this.condition = condition;
  }

  @Override
  public boolean hasNext() {
    while (!hasNext && items.hasNext()) {
      next = items.next();
      hasNext = condition.test(next);
    }
    return hasNext;
  }

  @Override
  public Object next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    hasNext = false;
    return next;
  }
}
