package dev.flyball.engine.grammar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What tokens go on with behind the end of a frame: the parts of the vocabulary's tree below the
 * nodes at which it ends, laid over each other, since most of them begin alike. So a few hundred
 * nodes are walked instead of thousands. Immutable.
 */
final class FrameEnds {
  /** Deeper parts lie beside each other. */
  private static final int MAX_MERGED_DEPTH = 64;

  private final byte[] values;
  private final short[] depths;
  private final int[] skips;

  /** Where each node's tokens begin in {@link #tokens}. */
  private final int[] firstTokens;

  private final int[] tokens;

  private FrameEnds(Builder builder) {
    values = Arrays.copyOf(builder.values, builder.nodes);
    depths = Arrays.copyOf(builder.depths, builder.nodes);
    skips = Arrays.copyOf(builder.skips, builder.nodes);
    firstTokens = Arrays.copyOf(builder.firstTokens, builder.nodes + 1);
    firstTokens[builder.nodes] = builder.tokenCount;
    tokens = Arrays.copyOf(builder.tokens, builder.tokenCount);
  }

  /** What is below some nodes. */
  static FrameEnds below(TokenTrie trie, int[] nodes) {
    Builder builder = new Builder(trie);
    builder.add(nodes, 1);
    return new FrameEnds(builder);
  }

  /** Bytes of memory, nearly. */
  long sizeBytes() {
    return 11L * values.length + 4L * tokens.length;
  }

  /** Adds the tokens whose rest may follow in a state. */
  void addAllowed(Recogniser.State state, TreeWalk walk, long[] allowed) {
    walk.run(
        values,
        depths,
        skips,
        0,
        values.length,
        0,
        state,
        (node, depth, next) -> {
          for (int i = firstTokens[node]; i < firstTokens[node + 1]; i++) {
            allowed[tokens[i] >> 6] |= 1L << tokens[i];
          }
        });
  }

  private static final class Builder {
    private final TokenTrie trie;
    private byte[] values = new byte[256];
    private short[] depths = new short[256];
    private int[] skips = new int[256];
    private int[] firstTokens = new int[257];
    private int[] tokens = new int[256];
    private int nodes;
    private int tokenCount;

    Builder(TokenTrie trie) {
      this.trie = trie;
    }

    /** Adds what is below some nodes, those of the same byte together. */
    void add(int[] above, int depth) {
      SortedMap<Integer, List<Integer>> children = new TreeMap<>();
      for (int parent : above) {
        for (int child = parent + 1; child < trie.skip(parent); child = trie.skip(child)) {
          int key = depth <= MAX_MERGED_DEPTH ? trie.value(child) & 0xFF : child;
          children.computeIfAbsent(key, _ -> new ArrayList<>()).add(child);
        }
      }
      for (List<Integer> same : children.values()) {
        if (same.size() == 1) {
          copy(same.getFirst(), depth);
        } else {
          merge(same.stream().mapToInt(i -> i).toArray(), depth);
        }
      }
    }

    private void merge(int[] same, int depth) {
      int node = newNode(trie.value(same[0]), depth);
      for (int original : same) {
        addTokens(original);
      }
      add(same, depth + 1);
      skips[node] = nodes;
    }

    /** A node and all below it. */
    private void copy(int top, int depth) {
      int start = nodes;
      for (int original = top; original < trie.skip(top); original++) {
        int node = newNode(trie.value(original), depth + trie.depth(original) - trie.depth(top));
        skips[node] = start + trie.skip(original) - top;
        addTokens(original);
      }
    }

    private void addTokens(int original) {
      for (int token : trie.tokensAt(original)) {
        if (tokenCount == tokens.length) {
          tokens = Arrays.copyOf(tokens, 2 * tokenCount);
        }
        tokens[tokenCount++] = token;
      }
    }

    private int newNode(byte value, int depth) {
      if (nodes == values.length) {
        values = Arrays.copyOf(values, 2 * nodes);
        depths = Arrays.copyOf(depths, 2 * nodes);
        skips = Arrays.copyOf(skips, 2 * nodes);
        firstTokens = Arrays.copyOf(firstTokens, 2 * nodes + 1);
      }
      values[nodes] = value;
      depths[nodes] = (short) depth;
      firstTokens[nodes] = tokenCount;
      return nodes++;
    }
  }
}
