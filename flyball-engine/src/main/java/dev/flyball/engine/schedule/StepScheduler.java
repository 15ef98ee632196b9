package dev.flyball.engine.schedule;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/**
 * First come, first served, with continuous batching: sequences join and leave between any two
 * steps. A step holds one token of every decoding sequence, then as many prompt tokens of the
 * oldest prompts as the batch has room for. The first in line starts as soon as a place and its
 * memory are free; nobody overtakes it, so that nobody starves.
 *
 * <p>Pure: no clock, no threads, no I/O. Not thread-safe.
 *
 * @param <S> the sequences, told apart by identity
 */
public final class StepScheduler<S extends ScheduledSequence> {
  private final int maxRunning;
  private final int maxBatchTokens;
  private final SequencedSet<S> waiting = new LinkedHashSet<>();
  private final List<S> running = new ArrayList<>();
  private final Step<S> step = new Step<>();

  /**
   * @param maxRunning sequences that take part in steps; cut to {@code maxBatchTokens}, so that the
   *     decoding ones always leave room for a prompt that is under way
   * @param maxBatchTokens tokens of one step
   */
  public StepScheduler(int maxRunning, int maxBatchTokens) {
    if (maxRunning < 1 || maxBatchTokens < 1) {
      throw new IllegalArgumentException(
          "limits must be at least 1: running "
              + maxRunning
              + ", tokens of a batch "
              + maxBatchTokens);
    }
    this.maxRunning = Math.min(maxRunning, maxBatchTokens);
    this.maxBatchTokens = maxBatchTokens;
  }

  /** Puts a new sequence at the end of the line. */
  public void add(S sequence) {
    if (running.contains(sequence) || !waiting.add(sequence)) {
      throw new IllegalStateException("the sequence is scheduled already");
    }
  }

  /**
   * Takes a sequence out, wherever it is: finished, cancelled or failed. What it reserved is the
   * caller's to free.
   *
   * @return whether it was there
   */
  public boolean remove(S sequence) {
    return running.remove(sequence) || waiting.remove(sequence);
  }

  /** Starts what can start and composes the next step; empty where there is nothing to do. */
  public Step<S> next() {
    admit();
    step.clear();
    for (S sequence : running) {
      if (sequence.decoding()) {
        step.add(sequence, 1);
      }
    }
    addPrompts();
    return step;
  }

  /** Sequences that take part in steps, the oldest first. A snapshot. */
  public List<S> running() {
    return List.copyOf(running);
  }

  /** Sequences that wait for a place, the oldest first. A snapshot. */
  public List<S> waiting() {
    return List.copyOf(waiting);
  }

  public int runningCount() {
    return running.size();
  }

  public int waitingCount() {
    return waiting.size();
  }

  private void admit() {
    Iterator<S> line = waiting.iterator();
    while (running.size() < maxRunning && line.hasNext()) {
      S first = line.next();
      if (!first.tryReserve()) {
        return;
      }
      line.remove();
      running.add(first);
    }
  }

  private void addPrompts() {
    for (S sequence : running) {
      int room = maxBatchTokens - step.totalTokens();
      if (room == 0) {
        return;
      }
      if (!sequence.decoding()) {
        step.add(sequence, Math.min(room, sequence.pendingTokens()));
      }
    }
  }
}
