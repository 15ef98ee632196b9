package dev.flyball.engine.model;

import dev.flyball.engine.cache.PagedKvSequence;
import java.util.Arrays;

/** A step's tokens by sequence, in their order; sequences may alternate in the step. */
public final class SequenceRuns {
  private static final int NONE = -1;

  private PagedKvSequence[] sequences = new PagedKvSequence[8];
  private int[] first = new int[8];
  private int[] last = new int[8];
  private int[] next = new int[8];
  private int count;

  /** Sorts the tokens of a step; one like the last takes nothing of the heap. */
  void find(Step step) {
    count = 0;
    if (next.length < step.tokens()) {
      next = new int[step.tokens()];
    }
    for (int t = 0; t < step.tokens(); t++) {
      int run = indexOf(step.sequence(t));
      if (run == count) {
        begin(step.sequence(t), t);
      } else {
        next[last[run]] = t;
      }
      last[run] = t;
      next[t] = NONE;
    }
  }

  /** {@link #count} where it is a new one. */
  private int indexOf(PagedKvSequence sequence) {
    for (int run = count - 1; run >= 0; run--) {
      if (sequences[run] == sequence) {
        return run;
      }
    }
    return count;
  }

  private void begin(PagedKvSequence sequence, int token) {
    if (count == first.length) {
      sequences = Arrays.copyOf(sequences, 2 * count);
      first = Arrays.copyOf(first, 2 * count);
      last = Arrays.copyOf(last, 2 * count);
    }
    sequences[count] = sequence;
    first[count] = token;
    count++;
  }

  /** Number of sequences. */
  public int count() {
    return count;
  }

  public PagedKvSequence sequence(int run) {
    return sequences[run];
  }

  /** The first token of a sequence. */
  public int first(int run) {
    return first[run];
  }

  /** The token of the same sequence that follows; negative: none does. */
  public int next(int token) {
    return next[token];
  }
}
