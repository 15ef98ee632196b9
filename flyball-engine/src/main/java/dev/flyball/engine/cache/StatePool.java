package dev.flyball.engine.cache;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Consumer;

/**
 * The states of a cache's sequences, and their snapshots at the ends of shared blocks: both bounded
 * in number, allocated when first wanted and then reused. Where there is no snapshot left, the
 * least recently used one that nobody waits for and no pin keeps is taken; its block stays.
 */
final class StatePool {
  private final int floats;
  private final int maxStates;
  private final int maxSnapshots;
  private final Deque<float[]> freeStates = new ArrayDeque<>();
  private final Deque<StateSnapshot> freeSnapshots = new ArrayDeque<>();

  /** Nodes that have a snapshot, the least recently used first. */
  private final SequencedSet<PrefixNode> nodes = new LinkedHashSet<>();

  /** Is told of nodes that lose their snapshot to another, before they do. */
  private Consumer<PrefixNode> displaced = _ -> {};

  private int states;
  private int snapshots;

  StatePool(KvShape shape, long capacityTokens, int maxStates) {
    this.maxStates = maxStates;
    floats = shape.stateFloats();
    maxSnapshots = shape.snapshots(capacityTokens);
  }

  void onDisplaced(Consumer<PrefixNode> listener) {
    displaced = listener;
  }

  /** A state that is all 0, if one is free. */
  Optional<float[]> tryTakeState() {
    float[] state = freeStates.poll();
    if (state != null) {
      Arrays.fill(state, 0);
      return Optional.of(state);
    }
    if (states == maxStates) {
      return Optional.empty();
    }
    states++;
    return Optional.of(new float[floats]);
  }

  void give(float[] state) {
    freeStates.push(state);
  }

  /** Room for a snapshot, if there is some. */
  Optional<StateSnapshot> tryTakeSnapshot() {
    if (freeSnapshots.isEmpty() && snapshots < maxSnapshots) {
      snapshots++;
      return Optional.of(new StateSnapshot(floats));
    }
    if (freeSnapshots.isEmpty()) {
      nodes.stream().filter(StatePool::isIdle).findFirst().ifPresent(this::displace);
    }
    return Optional.ofNullable(freeSnapshots.poll());
  }

  private void displace(PrefixNode node) {
    displaced.accept(node);
    drop(node);
  }

  private static boolean isIdle(PrefixNode node) {
    return node.awaiting == 0 && node.pins == 0;
  }

  void give(StateSnapshot snapshot) {
    freeSnapshots.push(snapshot);
  }

  /** Makes a snapshot that of a node, unless it has one. */
  void attach(PrefixNode node, StateSnapshot snapshot) {
    if (node.snapshot.isPresent()) {
      give(snapshot);
    } else {
      node.snapshot = Optional.of(snapshot);
    }
    touch(node);
  }

  /** Tells that a node's snapshot was used. */
  void touch(PrefixNode node) {
    nodes.remove(node);
    nodes.addLast(node);
  }

  /** Takes a node's snapshot away, where it has one; of none that somebody waits for. */
  void drop(PrefixNode node) {
    if (node.snapshot.isPresent()) {
      nodes.remove(node);
      give(node.snapshot.get());
      node.snapshot = Optional.empty();
    }
  }

  /**
   * @throws IllegalStateException where states or snapshots are lost or have two owners
   */
  void checkIntegrity(Collection<PagedKvSequence> open, Collection<PrefixNode> index) {
    List<SequenceState> ofSequences =
        open.stream().flatMap(sequence -> sequence.recurrent().stream()).toList();
    List<StateSnapshot> all = new ArrayList<>(freeSnapshots);
    ofSequences.forEach(state -> all.addAll(state.pending()));
    for (PrefixNode node : index) {
      all.addAll(node.snapshot.stream().toList());
      require(node.snapshot.isPresent() == nodes.contains(node), "a snapshot is in no list");
      long awaiting = ofSequences.stream().filter(state -> state.awaits(node)).count();
      require(node.awaiting == awaiting, "a snapshot is awaited by mistake");
    }
    require(all.stream().distinct().count() == all.size(), "a snapshot has two owners");
    require(all.size() == snapshots, snapshots - all.size() + " snapshots are lost");
    long taken = ofSequences.stream().filter(SequenceState::isTaken).count();
    require(freeStates.size() + taken == states, "states are lost, or have two owners");
  }

  private static void require(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalStateException(problem);
    }
  }

  /** Frees all snapshots; all have been given back, or belong to nodes. */
  void close() {
    List.copyOf(nodes).forEach(this::drop);
    freeSnapshots.forEach(StateSnapshot::free);
    freeSnapshots.clear();
    freeStates.clear();
    snapshots = 0;
    states = 0;
  }
}
