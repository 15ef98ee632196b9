package dev.flyball.engine.model;

import dev.flyball.engine.cache.PagedKvSequence;

/**
 * The tokens of a step, cut to such as follow each other in a sequence and are worth keys and
 * values for each head, and those between them.
 */
final class LatentRuns {
  private final ExpandedAttention expanded;
  private final int[] ends;
  private final boolean[] isExpanded;
  private int count;

  LatentRuns(ExpandedAttention expanded, int maxTokens) {
    this.expanded = expanded;
    ends = new int[maxTokens];
    isExpanded = new boolean[maxTokens];
  }

  void find(Step step) {
    count = 0;
    int first = 0;
    while (first < step.tokens()) {
      int end = endOfRun(step, first);
      add(end, expanded.isWorthIt(end - first, step.place(end - 1) + 1));
      first = end;
    }
  }

  /** Behind the tokens from {@code first} on that each see all up to themselves. */
  private static int endOfRun(Step step, int first) {
    PagedKvSequence sequence = step.sequence(first);
    int end = first;
    while (end < step.tokens()
        && step.sequence(end) == sequence
        && step.place(end) == step.place(first) + end - first
        && step.sight().isInLine(end)
        && step.sight().endVisible(end, 0) == 0) {
      end++;
    }
    return Math.max(end, first + 1);
  }

  private void add(int end, boolean isLong) {
    if (count > 0 && !isLong && !isExpanded[count - 1]) {
      count--;
    }
    ends[count] = end;
    isExpanded[count] = isLong;
    count++;
  }

  int count() {
    return count;
  }

  int first(int run) {
    return run == 0 ? 0 : ends[run - 1];
  }

  int end(int run) {
    return ends[run];
  }

  /** Whether its tokens attend with keys and values for each head. */
  boolean isExpanded(int run) {
    return isExpanded[run];
  }
}
