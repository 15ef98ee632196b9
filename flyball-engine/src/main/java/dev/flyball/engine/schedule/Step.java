package dev.flyball.engine.schedule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the next forward pass contains: of each sequence so many of its pending tokens, those that
 * decode first. Reused from step to step; not thread-safe.
 *
 * @param <S> the sequences
 */
public final class Step<S extends ScheduledSequence> {
  private final List<S> sequences = new ArrayList<>();
  private int[] tokens = new int[8];
  private int decodingSequences;
  private int prefillTokens;
  private int decodeTokens;
  private long prefillAttended;
  private long decodeAttended;
  private PrefillLimit limit = PrefillLimit.NOTHING_LEFT;

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

  /** How many of the sequences, the first ones, decode. */
  public int decodingSequences() {
    return decodingSequences;
  }

  /** Tokens of all sequences together. */
  public int totalTokens() {
    return prefillTokens + decodeTokens;
  }

  /** What its time depends on. */
  public StepWork work() {
    return new StepWork(prefillTokens, decodeTokens, prefillAttended, decodeAttended);
  }

  /** Why it holds no more tokens of prompts. */
  public PrefillLimit limit() {
    return limit;
  }

  void clear() {
    sequences.clear();
    decodingSequences = 0;
    prefillTokens = 0;
    decodeTokens = 0;
    prefillAttended = 0;
    decodeAttended = 0;
    limit = PrefillLimit.NOTHING_LEFT;
  }

  void limitedBy(PrefillLimit reason) {
    limit = reason;
  }

  void addDecode(S sequence, int count) {
    add(sequence, count);
    decodingSequences++;
    decodeTokens += count;
    decodeAttended += StepWork.attended(count, sequence.computedTokens());
  }

  void addPrefill(S sequence, int count) {
    add(sequence, count);
    prefillTokens += count;
    prefillAttended += StepWork.attended(count, sequence.computedTokens());
  }

  private void add(S sequence, int count) {
    int index = sequences.size();
    if (index == tokens.length) {
      tokens = Arrays.copyOf(tokens, index * 2);
    }
    sequences.add(sequence);
    tokens[index] = count;
  }
}
