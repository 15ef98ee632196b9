package dev.flyball.engine.grammar;

import dev.flyball.engine.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * The texts of a vocabulary as a tree of bytes, in the order in which a walk down visits it. Tokens
 * that end a generation are not in it; other control tokens are as {@link ControlTokens} says.
 * Immutable; 11 bytes a node.
 */
final class TokenTrie {
  private static final int NO_TOKEN = -1;

  private final int vocabularySize;
  private final byte[] values;
  private final short[] depths;

  /** Where the walk goes on without what is below a node. */
  private final int[] skips;

  /** A token whose text ends at the node; others of the same text follow in {@link #sameText}. */
  private final int[] tokens;

  private final int[] sameText;
  private final int maxDepth;

  private TokenTrie(Builder builder, int vocabularySize) {
    this.vocabularySize = vocabularySize;
    values = Arrays.copyOf(builder.values, builder.nodes);
    depths = Arrays.copyOf(builder.depths, builder.nodes);
    tokens = Arrays.copyOf(builder.tokens, builder.nodes);
    skips = Arrays.copyOf(builder.skips, builder.nodes);
    sameText = builder.sameText;
    maxDepth = builder.maxDepth;
  }

  /** The tree of the first so many tokens. */
  static TokenTrie of(Tokenizer tokenizer, int vocabularySize) {
    byte[][] texts = new byte[vocabularySize][];
    Integer[] order = new Integer[vocabularySize];
    for (int id = 0; id < vocabularySize; id++) {
      texts[id] =
          tokenizer.isEndOfGeneration(id) ? new byte[0] : ControlTokens.bytes(tokenizer, id);
      order[id] = id;
    }
    Arrays.sort(order, (a, b) -> Arrays.compareUnsigned(texts[a], texts[b]));
    Builder builder = new Builder(vocabularySize);
    for (int id : order) {
      if (texts[id].length > 0 && texts[id].length <= Short.MAX_VALUE) {
        builder.add(id, texts[id]);
      }
    }
    builder.finish();
    return new TokenTrie(builder, vocabularySize);
  }

  int vocabularySize() {
    return vocabularySize;
  }

  int nodeCount() {
    return values.length;
  }

  /** Longest text of a token, in bytes. */
  int maxDepth() {
    return maxDepth;
  }

  /** The tokens whose text may follow in a state. */
  long[] allowed(Recogniser.State state, Recogniser.State dead) {
    long[] allowed = new long[(vocabularySize + 63) / 64];
    walk(0, values.length, 0, state, dead, allowed, node -> {});
    return allowed;
  }

  /** The tokens whose text may follow within a frame, and the nodes at which it ends. */
  FrameTokens ofFrame(Recogniser.State frame, Recogniser.State dead) {
    long[] allowed = new long[(vocabularySize + 63) / 64];
    IntStream.Builder ends = IntStream.builder();
    walk(0, values.length, 0, frame, dead, allowed, ends::add);
    return new FrameTokens(allowed, ends.build().toArray());
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

  /** Shows the nodes whose text may follow in a state, each behind those above it. */
  void visit(Recogniser.State state, Recogniser.State dead, Visitor visitor) {
    walk(0, values.length, 0, state, dead, visitor);
  }

  /** The tokens whose text is that of a node. */
  int[] tokensAt(int node) {
    return IntStream.iterate(tokens[node], token -> token != NO_TOKEN, token -> sameText[token])
        .toArray();
  }

  /** Whether nodes follow below a node. */
  boolean isInner(int node) {
    return skips[node] > node + 1;
  }

  /** Adds the tokens below a node whose text may follow there in a state. */
  void addBelow(int node, Recogniser.State state, Recogniser.State dead, long[] allowed) {
    walk(node + 1, skips[node], depths[node], state, dead, allowed, end -> {});
  }

  /** Adds the tokens whose text may follow; {@code ends} takes inner nodes at which it may end. */
  private void walk(
      int from,
      int to,
      int depth,
      Recogniser.State state,
      Recogniser.State dead,
      long[] allowed,
      IntConsumer ends) {
    walk(
        from,
        to,
        depth,
        state,
        dead,
        (node, below, next) -> {
          for (int token = tokens[node]; token != NO_TOKEN; token = sameText[token]) {
            allowed[token >> 6] |= 1L << token;
          }
          if (next.isAccepting() && isInner(node)) {
            ends.accept(node);
          }
        });
  }

  /** Goes down from a depth, over nodes that follow each other. */
  private void walk(
      int from, int to, int depth, Recogniser.State state, Recogniser.State dead, Visitor visitor) {
    Recogniser.State[] path = new Recogniser.State[maxDepth - depth + 1];
    path[0] = state;
    int node = from;
    while (node < to) {
      int below = depths[node] - depth;
      Recogniser.State next = path[below - 1].after(values[node] & 0xFF);
      if (next == dead) {
        node = skips[node];
        continue;
      }
      path[below] = next;
      visitor.at(node, below, next);
      node++;
    }
  }

  /** Takes the texts in ascending order. */
  private static final class Builder {
    private byte[] values = new byte[1024];
    private short[] depths = new short[1024];
    private int[] tokens = new int[1024];
    private int[] skips = new int[1024];
    private final int[] sameText;
    private byte[] text = new byte[0];

    /** The node of each byte of {@link #text}. */
    private int[] path = new int[64];

    private int nodes;
    private int maxDepth;

    Builder(int vocabularySize) {
      sameText = new int[vocabularySize];
      Arrays.fill(sameText, NO_TOKEN);
    }

    void add(int token, byte[] added) {
      int common = Arrays.mismatch(text, added);
      if (common < 0) {
        int node = path[text.length - 1];
        sameText[token] = tokens[node];
        tokens[node] = token;
        return;
      }
      close(common);
      path = added.length > path.length ? Arrays.copyOf(path, added.length * 2) : path;
      for (int i = common; i < added.length; i++) {
        path[i] = newNode(added[i], i + 1);
      }
      tokens[path[added.length - 1]] = token;
      text = added;
      maxDepth = Math.max(maxDepth, added.length);
    }

    void finish() {
      close(0);
    }

    /** What comes next is behind the nodes of these bytes. */
    private void close(int from) {
      for (int i = from; i < text.length; i++) {
        skips[path[i]] = nodes;
      }
    }

    private int newNode(byte value, int depth) {
      if (nodes == values.length) {
        values = Arrays.copyOf(values, nodes * 2);
        depths = Arrays.copyOf(depths, nodes * 2);
        tokens = Arrays.copyOf(tokens, nodes * 2);
        skips = Arrays.copyOf(skips, nodes * 2);
      }
      values[nodes] = value;
      depths[nodes] = (short) depth;
      tokens[nodes] = NO_TOKEN;
      return nodes++;
    }
  }
}
