package dev.flyball.kernels.matmul;

import java.util.Arrays;

/**
 * Which rows of an input each of several groups of matrices is multiplied by: for a mixture of
 * experts, the tokens of every expert, one expert behind the other. A row may be in several groups.
 *
 * <p>Written by one thread and read by many afterwards. Grows to what it was filled with at most.
 */
public final class RowGroups {
  private int[] rows = new int[16];
  private int[] ends = new int[16];
  private int size;
  private int groups;
  private int largestRow = -1;

  /** One group with the rows 0 to {@code rows - 1}. */
  public static RowGroups whole(int rows) {
    RowGroups whole = new RowGroups();
    whole.setWhole(rows);
    return whole;
  }

  void setWhole(int rows) {
    clear();
    for (int row = 0; row < rows; row++) {
      add(row);
    }
    endGroup();
  }

  /** As if it were new. */
  public void clear() {
    size = 0;
    groups = 0;
    largestRow = -1;
  }

  /** Adds a row to the group that {@link #endGroup} will end. */
  public void add(int row) {
    if (row < 0) {
      throw new IllegalArgumentException("row " + row);
    }
    if (size == rows.length) {
      rows = Arrays.copyOf(rows, 2 * size);
    }
    rows[size++] = row;
    largestRow = Math.max(largestRow, row);
  }

  /** Ends a group of at least one row. */
  public void endGroup() {
    if (size == end(groups - 1)) {
      throw new IllegalStateException("a group without a row");
    }
    if (groups == ends.length) {
      ends = Arrays.copyOf(ends, 2 * groups);
    }
    ends[groups++] = size;
  }

  /** Number of groups. */
  public int groups() {
    return groups;
  }

  /** Rows of all groups, those that are in several counted in each. */
  public int size() {
    return size;
  }

  /** Where a group begins among the rows of all groups. */
  public int first(int group) {
    return end(group - 1);
  }

  /** Rows of a group. */
  public int size(int group) {
    return end(group) - first(group);
  }

  private int end(int group) {
    return group < 0 ? 0 : ends[group];
  }

  /** The row of the input that is at a place among the rows of all groups. */
  public int row(int place) {
    return rows[place];
  }

  /** The largest row of the input that is in a group; -1 where there is none. */
  int largestRow() {
    return largestRow;
  }
}
