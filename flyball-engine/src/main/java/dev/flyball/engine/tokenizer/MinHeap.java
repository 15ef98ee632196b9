package dev.flyball.engine.tokenizer;

import java.util.Arrays;

/** A binary heap of longs, the smallest on top. Not thread-safe. */
final class MinHeap {
  private long[] entries = new long[64];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  void push(long entry) {
    if (size == entries.length) {
      entries = Arrays.copyOf(entries, size * 2);
    }
    int index = size++;
    while (index > 0) {
      int parent = (index - 1) >>> 1;
      if (entries[parent] <= entry) {
        break;
      }
      entries[index] = entries[parent];
      index = parent;
    }
    entries[index] = entry;
  }

  /** The smallest entry; the heap must not be empty. */
  long top() {
    return entries[0];
  }

  /** Takes the smallest entry; the heap must not be empty. */
  long pop() {
    long top = entries[0];
    long last = entries[--size];
    int index = 0;
    while (true) {
      int child = index * 2 + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && entries[child + 1] < entries[child]) {
        child++;
      }
      if (entries[child] >= last) {
        break;
      }
      entries[index] = entries[child];
      index = child;
    }
    entries[index] = last;
    return top;
  }
}
