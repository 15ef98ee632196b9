package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvSequence;
import java.util.Arrays;

/**
 * The input of one step: tokens of any number of sequences. Tokens of one sequence are added in
 * order and take the positions after those it already holds; sequences may alternate. Reused from
 * step to step; not thread-safe.
 */
public final class Batch {
  /** What a step computes for one token besides its keys and values. */
  public enum RowOutput {
    /** Nothing. */
    NONE,
    /** Logits over the vocabulary. */
    LOGITS,
    /** The hidden vector after the final norm. */
    HIDDEN
  }

  private final int[] tokens;
  private final int[] positions;
  private final KvSequence[] sequences;
  private final RowOutput[] outputs;
  private final AdapterMix[] adapters;
  private int size;

  public Batch(int capacity) {
    tokens = new int[capacity];
    positions = new int[capacity];
    sequences = new KvSequence[capacity];
    outputs = new RowOutput[capacity];
    adapters = new AdapterMix[capacity];
    Arrays.fill(adapters, AdapterMix.NONE);
  }

  /** Forgets all tokens. */
  public void clear() {
    Arrays.fill(sequences, 0, size, null);
    Arrays.fill(adapters, 0, size, AdapterMix.NONE);
    size = 0;
  }

  /**
   * Adds a token that no adapter adapts.
   *
   * @throws IllegalStateException where the batch is full
   */
  public void add(KvSequence sequence, int token, RowOutput output) {
    add(sequence, token, output, AdapterMix.NONE);
  }

  /**
   * Adds a token.
   *
   * @param mix the adapters of its sequence, open as long as the batch is used
   * @throws IllegalStateException where the batch is full
   */
  public void add(KvSequence sequence, int token, RowOutput output, AdapterMix mix) {
    if (size == tokens.length) {
      throw new IllegalStateException("the batch holds its " + size + " tokens already");
    }
    tokens[size] = token;
    positions[size] = sequence.append(token);
    sequences[size] = sequence;
    outputs[size] = output;
    adapters[size] = mix;
    size++;
  }

  /** Tells all sequences that the forward pass over this batch has succeeded. */
  public void computed() {
    for (int i = 0; i < size; i++) {
      sequences[i].computed();
    }
  }

  public int size() {
    return size;
  }

  public int capacity() {
    return tokens.length;
  }

  public int token(int i) {
    return tokens[i];
  }

  /** The token's position in its sequence, from 0. */
  public int position(int i) {
    return positions[i];
  }

  public KvSequence sequence(int i) {
    return sequences[i];
  }

  public RowOutput output(int i) {
    return outputs[i];
  }

  public AdapterMix adapters(int i) {
    return adapters[i];
  }
}
