package dev.flyball.engine.grammar;

import dev.flyball.engine.tokenizer.Tokenizer;
import java.util.Arrays;

/**
 * The texts of a vocabulary as a tree of bytes, in the order in which a walk down visits it. Tokens
 * without a text of their own (control tokens) are not in it. Immutable; 11 bytes a node.
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
      texts[id] = tokenizer.isEndOfGeneration(id) ? new byte[0] : tokenizer.bytes(id, false);
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

  /** The tokens whose text may follow in a state. */
  long[] allowed(Recogniser.State state, Recogniser.State dead) {
    long[] allowed = new long[(vocabularySize + 63) / 64];
    Recogniser.State[] path = new Recogniser.State[maxDepth + 1];
    path[0] = state;
    int node = 0;
    while (node < values.length) {
      int depth = depths[node];
      Recogniser.State next = path[depth - 1].after(values[node] & 0xFF);
      if (next == dead) {
        node = skips[node];
        continue;
      }
      path[depth] = next;
      for (int token = tokens[node]; token != NO_TOKEN; token = sameText[token]) {
        allowed[token >> 6] |= 1L << token;
      }
      node++;
    }
    return allowed;
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
