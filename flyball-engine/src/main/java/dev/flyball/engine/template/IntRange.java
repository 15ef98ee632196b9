package dev.flyball.engine.template;

import java.util.AbstractList;
import java.util.RandomAccess;

/** Python's range: the integers from start, by step, up to stop without it. */
final class IntRange extends AbstractList<Object> implements RandomAccess {
  private final long start;
  private final long stop;
  private final long step;
  private final int size;

  IntRange(long start, long stop, long step, Budget budget) {
    if (step == 0) {
      throw Failure.render("range() with a step of 0");
    }
    this.start = start;
    this.stop = stop;
    this.step = step;
    double length = Math.ceil(((double) stop - (double) start) / step);
    long items = length <= 0 ? 0 : (long) length;
    budget.items(items);
    this.size = (int) items;
  }

  /** The range of the items from one index up to another, which may lie around the ends. */
  IntRange slice(long first, long end, long by, Budget budget) {
    return new IntRange(start + first * step, start + end * step, step * by, budget);
  }

  @Override
  public Object get(int index) {
    return start + index * step;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public String toString() {
    String bounds = "range(" + start + ", " + stop;
    return step == 1 ? bounds + ")" : bounds + ", " + step + ")";
  }
}
