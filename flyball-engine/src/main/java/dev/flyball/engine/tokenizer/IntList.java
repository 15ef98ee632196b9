package dev.flyball.engine.tokenizer;

import java.util.Arrays;

/** A growing list of ints. Not thread-safe. */
final class IntList {
  private int[] values;
  private int size;

  IntList(int capacity) {
    values = new int[Math.max(capacity, 8)];
  }

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  void addAll(int[] added) {
    if (size + added.length > values.length) {
      values = Arrays.copyOf(values, Math.max(size * 2, size + added.length));
    }
    System.arraycopy(added, 0, values, size, added.length);
    size += added.length;
  }

  int get(int index) {
    return values[index];
  }

  int size() {
    return size;
  }

  /** Forgets the values from a position on. */
  void truncate(int newSize) {
    size = newSize;
  }

  /** A new array with the values from a position on. */
  int[] from(int start) {
    return Arrays.copyOfRange(values, start, size);
  }
}
