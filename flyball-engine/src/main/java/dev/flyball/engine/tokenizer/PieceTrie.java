package dev.flyball.engine.tokenizer;

import java.util.Arrays;

/** Finds the longest piece that begins at a place. Once filled it may be read by many threads. */
final class PieceTrie {
  /** The number of no piece. */
  static final int NONE = -1;

  private static final int ROOT = 0;

  /** From node and byte to node. */
  private final LongTable children;

  /** By node: the piece that ends there. */
  private int[] pieces = {NONE};

  private int nodes = 1;

  /**
   * An empty one.
   *
   * @param expectedBytes of all pieces, about
   */
  PieceTrie(int expectedBytes) {
    children = new LongTable(expectedBytes);
  }

  /** A piece and where it ends. */
  record Match(int piece, int end) {}

  /** Gives a number to a piece unless it has one. */
  void putIfAbsent(byte[] bytes, int number) {
    int node = ROOT;
    for (byte value : bytes) {
      long edge = edge(node, value);
      if (children.get(edge) == LongTable.NONE) {
        children.putIfAbsent(edge, addNode());
      }
      node = (int) children.get(edge);
    }
    if (pieces[node] == NONE) {
      pieces[node] = number;
    }
  }

  private int addNode() {
    if (nodes == pieces.length) {
      pieces = Arrays.copyOf(pieces, 2 * nodes);
      Arrays.fill(pieces, nodes, pieces.length, NONE);
    }
    return nodes++;
  }

  /** The node of no bytes. */
  int root() {
    return ROOT;
  }

  /** The node behind one more byte, or {@link #NONE}. */
  int child(int node, byte value) {
    return (int) children.get(edge(node, value));
  }

  /** The piece whose bytes lead to a node, or {@link #NONE}. */
  int piece(int node) {
    return pieces[node];
  }

  /** The longest piece at the start of {@code [from, to)}; {@link #NONE} where there is none. */
  Match longest(byte[] bytes, int from, int to) {
    int best = NONE;
    int end = from;
    int node = ROOT;
    for (int i = from; i < to && node != NONE; i++) {
      node = child(node, bytes[i]);
      if (node != NONE && pieces[node] != NONE) {
        best = pieces[node];
        end = i + 1;
      }
    }
    return new Match(best, end);
  }

  private static long edge(int node, byte value) {
    return ((long) node << 8) | (value & 0xFF);
  }
}
