package dev.flyball.engine.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the next forward pass contains: of each sequence so many of its pending tokens. Reused from
 * step to step; not thread-safe.
 *
 * @param <S> the sequences
 */
public final class Step<S> {
  private final List<S> sequences = new ArrayList<>();
  private int[] tokens = new int[8];
  private int totalTokens;

  /** Number of sequences that take part. */
  public int size() {
    return sequences.size();
  }

  public S sequence(int i) {
    return sequences.get(i);
  }

  /** How many of the pending tokens of sequence {@code i}, at least 1. */
  public int tokens(int i) {
    return tokens[i];
  }

  /** Tokens of all sequences together. */
  public int totalTokens() {
    return totalTokens;
  }

  void clear() {
    sequences.clear();
    totalTokens = 0;
  }

  void add(S sequence, int count) {
    int index = sequences.size();
    if (index == tokens.length) {
      tokens = Arrays.copyOf(tokens, index * 2);
    }
    sequences.add(sequence);
    tokens[index] = count;
    totalTokens += count;
  }
}
