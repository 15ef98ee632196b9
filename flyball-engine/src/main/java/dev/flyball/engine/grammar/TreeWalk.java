package dev.flyball.engine.grammar;

import java.util.Arrays;

/**
 * Walks down trees of bytes in step with a recogniser, leaving out what it does not allow. A tree
 * is its nodes in the order of the walk: the byte of each, its depth, and where the walk goes on
 * without what is below it. Not thread-safe: it has the memory of one walk.
 */
final class TreeWalk {
  private final Recogniser.State dead;

  /** Behind the text of each node that is open. */
  private Recogniser.State[] path;

  TreeWalk(Recogniser.State dead) {
    this.dead = dead;
    path = new Recogniser.State[] {dead};
  }

  /** Sees nodes on the way down. */
  interface Visitor {
    /**
     * A node whose text may follow.
     *
     * @param depth bytes of its text
     * @param state behind it
     */
    void at(int node, int depth, Recogniser.State state);
  }

  /**
   * Goes down over nodes that follow each other.
   *
   * @param depth of what is above them
   * @param state behind it
   */
  void run(
      byte[] values,
      short[] depths,
      int[] skips,
      int from,
      int to,
      int depth,
      Recogniser.State state,
      Visitor visitor) {
    path[0] = state;
    int node = from;
    while (node < to) {
      int below = depths[node] - depth;
      Recogniser.State next = path[below - 1].after(values[node] & 0xFF);
      if (next == dead) {
        node = skips[node];
        continue;
      }
      keep(below, next);
      visitor.at(node, below, next);
      node++;
    }
  }

  private void keep(int depth, Recogniser.State state) {
    if (depth == path.length) {
      path = Arrays.copyOf(path, 2 * depth);
    }
    path[depth] = state;
  }
}
