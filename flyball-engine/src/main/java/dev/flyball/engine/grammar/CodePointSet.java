package dev.flyball.engine.grammar;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A set of Unicode characters. Immutable. Surrogates are never in it: UTF-8 has none.
 *
 * @param ranges ascending, apart from each other
 */
record CodePointSet(List<Range> ranges) {
  private static final int MAX = Character.MAX_CODE_POINT;

  static final CodePointSet NONE = new CodePointSet(List.of());
  static final CodePointSet ALL = range(0, MAX);
  static final CodePointSet DIGITS = range('0', '9');
  static final CodePointSet WORD =
      DIGITS.with(range('a', 'z')).with(range('A', 'Z')).with(range('_', '_'));
  static final CodePointSet SPACE = range('\t', '\r').with(range(' ', ' '));

  /** From first to last, both included. */
  record Range(int first, int last) {}

  CodePointSet {
    ranges = List.copyOf(ranges);
  }

  static CodePointSet of(int codePoint) {
    return range(codePoint, codePoint);
  }

  static CodePointSet range(int first, int last) {
    List<Range> ranges = new ArrayList<>();
    addIfAny(ranges, first, Math.min(last, Character.MIN_SURROGATE - 1));
    addIfAny(ranges, Math.max(first, Character.MAX_SURROGATE + 1), last);
    return new CodePointSet(ranges);
  }

  static CodePointSet ofAll(String characters) {
    return union(characters.codePoints().mapToObj(CodePointSet::of).toList());
  }

  static CodePointSet union(List<CodePointSet> sets) {
    List<Range> sorted =
        sets.stream()
            .flatMap(set -> set.ranges.stream())
            .sorted(Comparator.comparingInt(Range::first))
            .toList();
    List<Range> joined = new ArrayList<>();
    for (Range range : sorted) {
      if (!joined.isEmpty() && range.first <= joined.getLast().last + 1) {
        Range before = joined.removeLast();
        joined.add(new Range(before.first, Math.max(before.last, range.last)));
      } else {
        joined.add(range);
      }
    }
    return new CodePointSet(joined);
  }

  CodePointSet with(CodePointSet other) {
    return union(List.of(this, other));
  }

  CodePointSet without(CodePointSet other) {
    return union(List.of(complement(), other)).complement();
  }

  CodePointSet complement() {
    List<CodePointSet> gaps = new ArrayList<>();
    int next = 0;
    for (Range range : ranges) {
      gaps.add(range(next, range.first - 1));
      next = range.last + 1;
    }
    gaps.add(range(next, MAX));
    return union(gaps);
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  boolean contains(int codePoint) {
    return ranges.stream().anyMatch(range -> range.first <= codePoint && codePoint <= range.last);
  }

  private static void addIfAny(List<Range> ranges, int first, int last) {
    if (first <= last) {
      ranges.add(new Range(first, last));
    }
  }
}
