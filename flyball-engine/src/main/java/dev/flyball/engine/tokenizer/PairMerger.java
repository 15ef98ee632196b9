package dev.flyball.engine.tokenizer;

import java.util.Arrays;

/**
 * Merges neighbouring symbols of a word, always the pair of the smallest priority and among equals
 * the leftmost, until no rule applies: the step that byte-pair encoding (<a
 * href="https://arxiv.org/abs/1508.07909">Sennrich et al.</a>) and SentencePiece's BPE share.
 *
 * <p>A short word is scanned for its best pair again and again; a long one keeps its pairs in a
 * queue, which takes O(n log n). Keeps its arrays between words. Not thread-safe.
 */
final class PairMerger {
  /** Up to here a scan of all pairs is cheaper than a queue. */
  private static final int LONGEST_SCANNED = 32;

  private static final int NO_PAIR = Integer.MAX_VALUE;

  private final MergeRules rules;
  private int[] start = new int[64];
  private int[] symbol = new int[64];

  /** Of the pair of a symbol and its next. */
  private int[] priority = new int[64];

  private int[] merged = new int[64];
  private int[] next = new int[0];
  private int[] previous = new int[0];
  private int size;

  PairMerger(MergeRules rules) {
    this.rules = rules;
  }

  void clear() {
    size = 0;
  }

  /** Appends a symbol that begins at a byte of the word. */
  void add(int newSymbol, int startByte) {
    // One more entry than symbols: the end of the word.
    if (size + 1 >= start.length) {
      int capacity = start.length * 2;
      start = Arrays.copyOf(start, capacity);
      symbol = Arrays.copyOf(symbol, capacity);
      priority = Arrays.copyOf(priority, capacity);
      merged = Arrays.copyOf(merged, capacity);
    }
    start[size] = startByte;
    symbol[size++] = newSymbol;
  }

  /** Number of symbols. */
  int size() {
    return size;
  }

  int symbol(int index) {
    return symbol[index];
  }

  /** Where a symbol begins; for the index {@link #size()}, where the word ends. */
  int start(int index) {
    return start[index];
  }

  /**
   * Merges what can be merged.
   *
   * @param length the number of bytes of the word
   */
  void merge(byte[] word, int length) {
    start[size] = length;
    if (size <= LONGEST_SCANNED) {
      mergeByScanning(word);
    } else {
      mergeByQueue(word);
    }
  }

  private void mergeByScanning(byte[] word) {
    for (int i = 0; i + 1 < size; i++) {
      updatePair(word, i, i + 1, start[i + 2]);
    }
    while (true) {
      int best = -1;
      int bestPriority = NO_PAIR;
      for (int i = 0; i + 1 < size; i++) {
        if (priority[i] < bestPriority) {
          best = i;
          bestPriority = priority[i];
        }
      }
      if (best < 0) {
        return;
      }
      symbol[best] = merged[best];
      remove(best + 1);
      if (best + 1 < size) {
        updatePair(word, best, best + 1, start[best + 2]);
      }
      if (best > 0) {
        updatePair(word, best - 1, best, start[best + 1]);
      }
    }
  }

  private void remove(int index) {
    size--;
    // The end of the word moves along.
    System.arraycopy(start, index + 1, start, index, size - index + 1);
    System.arraycopy(symbol, index + 1, symbol, index, size - index);
    System.arraycopy(priority, index + 1, priority, index, size - index);
    System.arraycopy(merged, index + 1, merged, index, size - index);
  }

  private void updatePair(byte[] word, int left, int right, int end) {
    long merge = rules.merge(word, start[left], start[right], end, symbol[left], symbol[right]);
    priority[left] = merge == MergeRules.NONE ? NO_PAIR : (int) (merge >>> 32);
    merged[left] = (int) merge;
  }

  private void mergeByQueue(byte[] word) {
    link();
    MergeQueue queue = new MergeQueue();
    for (int i = 0; i + 1 < size; i++) {
      push(word, i, queue);
    }
    while (!queue.isEmpty()) {
      long entry = queue.pop();
      int left = (int) entry;
      // An entry is out of date when its left symbol is gone or has another pair now.
      if (next[left] < 0 || priority[left] != (int) (entry >>> 32)) {
        continue;
      }
      int right = next[left];
      symbol[left] = merged[left];
      next[left] = next[right];
      previous[next[right]] = left;
      next[right] = -1;
      if (previous[left] >= 0) {
        push(word, previous[left], queue);
      }
      push(word, left, queue);
    }
    compact();
  }

  /** Links the symbols; the last one's next is the entry for the end of the word. */
  private void link() {
    if (next.length <= size) {
      next = new int[start.length];
      previous = new int[start.length];
    }
    for (int i = 0; i <= size; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
    }
  }

  private void push(byte[] word, int left, MergeQueue queue) {
    int right = next[left];
    priority[left] = NO_PAIR;
    if (right < size) {
      updatePair(word, left, right, start[next[right]]);
      if (priority[left] != NO_PAIR) {
        queue.push(priority[left], left);
      }
    }
  }

  private void compact() {
    int kept = 0;
    int end = start[size];
    for (int i = 0; i < size; i = next[i]) {
      start[kept] = start[i];
      symbol[kept++] = symbol[i];
    }
    size = kept;
    start[size] = end;
  }
}
