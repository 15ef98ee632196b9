package dev.flyball.engine.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The pairs of a long word that wait to be merged: smallest priority first, among equals leftmost
 * first.
 *
 * <p>A merge that a text repeats (a megabyte of spaces) makes very many entries of few priorities,
 * mostly from left to right. So each priority has a list to which such entries are appended at no
 * cost; only an entry that comes out of order goes to a heap. Not thread-safe.
 */
final class MergeQueue {
  private final LongTable listOfPriority = new LongTable(64);
  private final List<Ascending> lists = new ArrayList<>();

  /** Priority and number of each list that is not used up. */
  private final MinHeap openLists = new MinHeap();

  private final MinHeap outOfOrder = new MinHeap();

  /** Ascending positions of one priority. */
  private static final class Ascending {
    private int[] positions = new int[4];
    private int head;
    private int size;

    boolean isEmpty() {
      return head == size;
    }

    boolean append(int position) {
      if (isEmpty()) {
        head = 0;
        size = 0;
      } else if (position < positions[size - 1]) {
        return false;
      }
      if (size == positions.length) {
        positions = Arrays.copyOf(positions, size * 2);
      }
      positions[size++] = position;
      return true;
    }
  }

  boolean isEmpty() {
    return openLists.isEmpty() && outOfOrder.isEmpty();
  }

  /**
   * Adds a pair.
   *
   * @param position of the left symbol
   */
  void push(int priority, int position) {
    int number = (int) listOfPriority.get(priority);
    if (number == LongTable.NONE) {
      number = lists.size();
      listOfPriority.putIfAbsent(priority, number);
      lists.add(new Ascending());
    }
    Ascending list = lists.get(number);
    if (list.isEmpty()) {
      openLists.push(entry(priority, number));
    }
    if (!list.append(position)) {
      outOfOrder.push(entry(priority, position));
    }
  }

  /** Takes the first pair: its priority in the upper 32 bits, its position in the lower ones. */
  long pop() {
    if (openLists.isEmpty()) {
      return outOfOrder.pop();
    }
    long open = openLists.top();
    Ascending list = lists.get((int) open);
    long first = entry((int) (open >>> 32), list.positions[list.head]);
    if (!outOfOrder.isEmpty() && outOfOrder.top() < first) {
      return outOfOrder.pop();
    }
    list.head++;
    if (list.isEmpty()) {
      openLists.pop();
    }
    return first;
  }

  private static long entry(int priority, int low) {
    return ((long) priority << 32) | low;
  }
}
