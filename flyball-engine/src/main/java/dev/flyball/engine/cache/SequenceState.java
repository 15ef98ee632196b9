package dev.flyball.engine.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The state of a sequence's recurrent layers. It is taken from the pool when the sequence is about
 * to be computed, not before; until then it is known which snapshot it is to begin with.
 *
 * <p>Snapshots are left at the ends of blocks that others may find: of a prompt at regular
 * distances, at its last block, and where another prompt that is in the cache parts from it; of
 * what follows the prompt only the last one.
 */
final class SequenceState {
  private static final int BLOCK_TOKENS = PagedKvCache.BLOCK_TOKENS;

  private record Pending(int length, StateSnapshot snapshot) {}

  private final StatePool pool;
  private final int interval;
  private final int promptTokens;
  private Optional<float[]> live = Optional.empty();

  /** Whose snapshot the state is to begin with, once it is taken. */
  private Optional<PrefixNode> start = Optional.empty();

  /** The end of what the cache has of the prompt, with a snapshot or without. */
  private int knownTokens;

  /** Of the step under way, the shortest length first. */
  private final List<Pending> pending = new ArrayList<>();

  /** The last block of the answer that got a snapshot which is not a regular one. */
  private Optional<PrefixNode> lastOfAnswer = Optional.empty();

  /**
   * @param interval tokens between regular snapshots
   * @param promptTokens 0 where nothing is shared
   */
  SequenceState(StatePool pool, int interval, int promptTokens) {
    this.pool = pool;
    this.interval = interval;
    this.promptTokens = promptTokens;
  }

  /** Makes sure that there is a state; false where too many sequences have one. */
  boolean tryTake() {
    if (live.isEmpty()) {
      live = pool.tryTakeState();
      if (live.isPresent() && start.isPresent()) {
        restore(start.get());
        stopAwaiting();
      }
    }
    return live.isPresent();
  }

  boolean isTaken() {
    return live.isPresent();
  }

  /** The values, to be changed in place. */
  float[] values() {
    return live.orElseThrow();
  }

  /** Makes the state that of a node's snapshot. */
  void beginWith(PrefixNode node) {
    if (live.isPresent()) {
      restore(node);
    } else {
      stopAwaiting();
      start = Optional.of(node);
      node.awaiting++;
    }
  }

  private void restore(PrefixNode node) {
    node.snapshot.orElseThrow().restore(values());
    pool.touch(node);
  }

  private void stopAwaiting() {
    start.ifPresent(node -> node.awaiting--);
    start = Optional.empty();
  }

  /** Makes the state that of an empty sequence. */
  void clear() {
    stopAwaiting();
    live.ifPresent(state -> Arrays.fill(state, 0));
  }

  /** Tells how far the cache knows the prompt. */
  void knows(int tokens) {
    knownTokens = Math.max(knownTokens, tokens);
  }

  /** Prepares a snapshot where one is wanted after so many tokens. */
  void appended(int length) {
    if (length % BLOCK_TOKENS == 0 && isWantedAt(length)) {
      pool.tryTakeSnapshot().ifPresent(snapshot -> pending.add(new Pending(length, snapshot)));
    }
  }

  private boolean isWantedAt(int length) {
    if (promptTokens == 0) {
      return false;
    }
    int lastOfPrompt = (promptTokens - 1) / BLOCK_TOKENS * BLOCK_TOKENS;
    return length % interval == 0 || length == knownTokens || length >= lastOfPrompt;
  }

  /** Keeps a part of the state as it is after so many tokens, where a snapshot is wanted there. */
  void keep(int length, int offset, int count) {
    for (int i = 0; i < pending.size(); i++) {
      if (pending.get(i).length == length) {
        pending.get(i).snapshot.keep(values(), offset, count);
      }
    }
  }

  /** Leaves the snapshot after so many tokens, where there is one, to the block that ends there. */
  void offer(PrefixNode node, int length) {
    if (pending.isEmpty() || pending.getFirst().length != length) {
      return;
    }
    pool.attach(node, pending.removeFirst().snapshot);
    if (length > promptTokens) {
      lastOfAnswer.filter(last -> last.awaiting == 0 && last.pins == 0).ifPresent(pool::drop);
      lastOfAnswer = length % interval == 0 ? Optional.empty() : Optional.of(node);
    }
  }

  /** Forgets the snapshots of the step under way. */
  void forgetPending() {
    pending.forEach(each -> pool.give(each.snapshot));
    pending.clear();
  }

  /** Gives all back. */
  void release() {
    forgetPending();
    stopAwaiting();
    live.ifPresent(pool::give);
    live = Optional.empty();
    lastOfAnswer = Optional.empty();
  }

  Collection<StateSnapshot> pending() {
    return pending.stream().map(Pending::snapshot).toList();
  }

  boolean awaits(PrefixNode node) {
    return start.filter(other -> other == node).isPresent();
  }
}
