package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvSequence;
import java.util.Arrays;

/**
 * The input of one step: tokens of any number of sequences. Tokens of one sequence are added in
 * order and take the positions after those it already holds; sequences may alternate.
 *
 * <p>At the end of a sequence there may be a tree of guesses: each has a place of its own in the
 * cache, the position that it would have, and sees of the tree only what it continues ({@link
 * TreeSight}). Reused from step to step; not thread-safe.
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
  private final int[] places;
  private final TreeSight sight;
  private final KvSequence[] sequences;
  private final RowOutput[] outputs;
  private final AdapterMix[] adapters;
  private final EmbeddedSpan[] embedded;
  private int size;

  public Batch(int capacity) {
    tokens = new int[capacity];
    places = new int[capacity];
    sight = new TreeSight(capacity);
    sequences = new KvSequence[capacity];
    outputs = new RowOutput[capacity];
    adapters = new AdapterMix[capacity];
    embedded = new EmbeddedSpan[capacity];
    Arrays.fill(adapters, AdapterMix.NONE);
    Arrays.fill(embedded, EmbeddedSpan.NONE);
  }

  /** Forgets all tokens. */
  public void clear() {
    Arrays.fill(sequences, 0, size, null);
    Arrays.fill(adapters, 0, size, AdapterMix.NONE);
    Arrays.fill(embedded, 0, size, EmbeddedSpan.NONE);
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
    add(sequence, token, token, output, mix);
  }

  /**
   * Adds a token that is told apart from others by more than its id.
   *
   * @param key what the sequence knows it by: others find its keys and values by that
   * @throws IllegalStateException where the batch is full
   */
  public void add(KvSequence sequence, int token, int key, RowOutput output, AdapterMix mix) {
    requireRoom();
    sight.setInLine(add(sequence, token, output, mix, sequence.append(key)));
  }

  /**
   * Adds a vector in place of a token: that of its position in a span. It sees the rest of the
   * span, too, which has to be in the sequence by the end of the step.
   *
   * @param token the id that stands for it where ids are asked for
   * @param key what the sequence knows it by
   * @throws IllegalStateException where the batch is full
   */
  public void addEmbedded(
      KvSequence sequence, int token, int key, EmbeddedSpan span, RowOutput output) {
    addEmbedded(sequence, token, key, span, output, AdapterMix.NONE);
  }

  /** As the other, for a sequence that adapters adapt. */
  public void addEmbedded(
      KvSequence sequence,
      int token,
      int key,
      EmbeddedSpan span,
      RowOutput output,
      AdapterMix mix) {
    requireRoom();
    int place = sequence.append(key);
    span.requireHas(place);
    int i = add(sequence, token, output, mix, place);
    embedded[i] = span;
    sight.setInLine(i, span.end());
  }

  /**
   * Adds a guess that stands in a tree of guesses; {@link KvSequence#branch} was called before the
   * first one of it.
   *
   * @param begin the place of the tree's first guess
   * @param seen the guesses that it continues and itself: a bit for each guess of the tree, in the
   *     order in which they are added, the first one's the lowest
   */
  public void addBranching(
      KvSequence sequence, int token, RowOutput output, AdapterMix mix, int begin, int seen) {
    requireRoom();
    int place = sequence.append(token);
    if (place - begin != Integer.SIZE - 1 - Integer.numberOfLeadingZeros(seen)) {
      throw new IllegalArgumentException("a guess sees itself, and none behind it");
    }
    sight.set(add(sequence, token, output, mix, place), begin, seen);
  }

  private void requireRoom() {
    if (size == tokens.length) {
      throw new IllegalStateException("the batch holds its " + size + " tokens already");
    }
  }

  private int add(KvSequence sequence, int token, RowOutput output, AdapterMix mix, int place) {
    tokens[size] = token;
    places[size] = place;
    sequences[size] = sequence;
    outputs[size] = output;
    adapters[size] = mix;
    return size++;
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
    return sight.position(i, places[i]);
  }

  /** Where the token lies in its sequence: its position, but for guesses of a tree. */
  public int place(int i) {
    return places[i];
  }

  /** What the tokens see of trees of guesses. */
  public TreeSight sight() {
    return sight;
  }

  /** The span whose vector a token is; {@link EmbeddedSpan#NONE}: it is the one of its id. */
  EmbeddedSpan embedded(int i) {
    return embedded[i];
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
