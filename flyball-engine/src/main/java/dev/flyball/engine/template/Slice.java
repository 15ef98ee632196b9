package dev.flyball.engine.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** What stands between the brackets of {@code x[start:stop:step]}; each may be none. */
record Slice(Object start, Object stop, Object step) {
  /** First index, index after the last, and step, for a length. */
  private record Bounds(long first, long end, long step) {
    long count() {
      long span = step > 0 ? end - first : first - end;
      return span <= 0 ? 0 : (span - 1) / Math.abs(step) + 1;
    }
  }

  private static long part(Object part) {
    if (!Values.isInteger(part)) {
      throw Failure.render(
          "a slice needs integers or none, not a value of type " + Values.typeName(part));
    }
    BigInteger limit = BigInteger.valueOf(Integer.MAX_VALUE);
    return Numbers.bigInteger(part).min(limit).max(limit.negate()).longValueExact();
  }

  private Bounds bounds(int length) {
    long by = step == None.NONE ? 1 : part(step);
    if (by == 0) {
      throw Failure.render("a slice with a step of 0");
    }
    long low = by > 0 ? 0 : -1;
    long high = by > 0 ? length : length - 1;
    long first = start == None.NONE ? (by > 0 ? low : high) : clamp(part(start), length, low, high);
    long end = stop == None.NONE ? (by > 0 ? high : low) : clamp(part(stop), length, low, high);
    return new Bounds(first, end, by);
  }

  private static long clamp(long index, int length, long low, long high) {
    return Math.clamp(index < 0 ? index + length : index, low, high);
  }

  List<Object> of(List<Object> list, Budget budget) {
    Bounds bounds = bounds(list.size());
    long count = bounds.count();
    budget.items(count);
    if (list instanceof IntRange range) {
      return range.slice(bounds.first(), bounds.end(), bounds.step(), budget);
    }
    if (bounds.step() == 1) {
      return new ArrayList<>(list.subList((int) bounds.first(), (int) (bounds.first() + count)));
    }
    List<Object> sliced = new ArrayList<>((int) count);
    for (long i = 0; i < count; i++) {
      sliced.add(list.get((int) (bounds.first() + i * bounds.step())));
    }
    return sliced;
  }

  String of(String text, Budget budget) {
    int length = PythonText.length(text);
    Bounds bounds = bounds(length);
    long count = bounds.count();
    budget.text(text.length());
    if (bounds.step() == 1) {
      int from = PythonText.offset(text, (int) bounds.first());
      return text.substring(from, text.offsetByCodePoints(from, (int) count));
    }
    int[] codePoints = text.codePoints().toArray();
    StringBuilder sliced = new StringBuilder();
    for (long i = 0; i < count; i++) {
      sliced.appendCodePoint(codePoints[(int) (bounds.first() + i * bounds.step())]);
    }
    return sliced.toString();
  }
}
