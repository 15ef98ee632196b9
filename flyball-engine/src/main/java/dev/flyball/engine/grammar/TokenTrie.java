package dev.flyball.engine.grammar;

import dev.flyball.engine.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The texts of a vocabulary as a tree of bytes, in the order in which a walk down visits it. Tokens
 * that end a generation are not in it; other control tokens are as {@link ControlTokens} says.
 * Immutable; 11 bytes a node.
 */
final class TokenTrie {
  private static final int NO_TOKEN = -1;
  private static final int[] NONE = {};

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
  long[] allowed(Recogniser.State state, TreeWalk walk) {
    long[] allowed = new long[(vocabularySize + 63) / 64];
    visit(state, walk, (node, depth, next) -> add(node, allowed));
    return allowed;
  }

  /** The tokens whose text may follow within a frame, and the nodes at which it ends. */
  FrameTokens ofFrame(Recogniser.State frame, TreeWalk walk) {
    long[] allowed = new long[(vocabularySize + 63) / 64];
    IntStream.Builder ends = IntStream.builder();
    visit(
        frame,
        walk,
        (node, depth, next) -> {
          add(node, allowed);
          if (next.isAccepting() && isInner(node)) {
            ends.accept(node);
          }
        });
    return new FrameTokens(
        new TokenMask(allowed, vocabularySize), FrameEnds.below(this, ends.build().toArray()));
  }

  /** Shows the nodes whose text may follow in a state, each behind those above it. */
  void visit(Recogniser.State state, TreeWalk walk, TreeWalk.Visitor visitor) {
    walk.run(values, depths, skips, 0, values.length, 0, state, visitor);
  }

  private void add(int node, long[] allowed) {
    for (int token = tokens[node]; token != NO_TOKEN; token = sameText[token]) {
      allowed[token >> 6] |= 1L << token;
    }
  }

  /** The tokens whose text is that of a node. */
  int[] tokensAt(int node) {
    int count = 0;
    for (int token = tokens[node]; token != NO_TOKEN; token = sameText[token]) {
      count++;
    }
    if (count == 0) {
      return NONE;
    }
    int[] all = new int[count];
    int at = 0;
    for (int token = tokens[node]; token != NO_TOKEN; token = sameText[token]) {
      all[at++] = token;
    }
    return all;
  }

  byte value(int node) {
    return values[node];
  }

  int depth(int node) {
    return depths[node];
  }

  /** The node behind all that are below a node. */
  int skip(int node) {
    return skips[node];
  }

  /** Whether nodes follow below a node. */
  boolean isInner(int node) {
    return skips[node] > node + 1;
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
