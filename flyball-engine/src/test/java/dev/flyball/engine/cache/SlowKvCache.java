package dev.flyball.engine.cache;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What {@link PagedKvCache} is to do, without trees, counts or lists of its own: prefixes are
 * written out, and everything is counted anew whenever it is asked for.
 */
final class SlowKvCache {
  private static final int BLOCK = PagedKvCache.BLOCK_TOKENS;

  /** A block's tokens with all that is before them. */
  record Key(String namespace, List<Integer> tokens) {}

  /** Told apart by identity. */
  static final class Pin {
    final List<Key> path = new ArrayList<>();
  }

  final int capacity;
  final List<Sequence> open = new ArrayList<>();
  final List<Pin> pins = new ArrayList<>();

  /** What is in the index, with the time when it was let go last. */
  final Map<Key, Integer> index = new HashMap<>();

  int hitTokens;
  int evictions;
  private int clock;

  SlowKvCache(int capacity) {
    this.capacity = capacity;
  }

  Set<Key> heldKeys() {
    Set<Key> keys = new HashSet<>();
    open.forEach(sequence -> keys.addAll(sequence.path));
    return keys;
  }

  Set<Key> pinnedKeys() {
    Set<Key> keys = new HashSet<>();
    pins.forEach(pin -> keys.addAll(pin.path));
    return keys;
  }

  int idlePinned() {
    Set<Key> keys = pinnedKeys();
    keys.removeAll(heldKeys());
    return keys.size();
  }

  int held() {
    return heldKeys().size() + open.stream().mapToInt(Sequence::ownBlocks).sum();
  }

  int promised() {
    return open.stream().mapToInt(Sequence::promised).sum();
  }

  List<Key> cold() {
    Set<Key> keys = new HashSet<>(index.keySet());
    keys.removeAll(heldKeys());
    keys.removeAll(pinnedKeys());
    return keys.stream().sorted(Comparator.comparing(index::get)).toList();
  }

  int available() {
    return capacity - held() - promised() - idlePinned();
  }

  private void letGo(Key key) {
    index.put(key, clock++);
  }

  /** Makes place for one block more. */
  private void evictIfFull() {
    if (held() + cold().size() + idlePinned() == capacity) {
      index.remove(cold().getFirst());
      evictions++;
    }
  }

  Sequence open(List<Integer> prompt, Optional<String> namespace) {
    Sequence sequence = new Sequence(prompt, namespace);
    open.add(sequence);
    sequence.adopt();
    return sequence;
  }

  Pin pin(List<Integer> prefix, String namespace) {
    Pin pin = new Pin();
    pins.add(pin);
    for (int end = BLOCK; end <= prefix.size(); end += BLOCK) {
      Key key = new Key(namespace, prefix.subList(0, end));
      boolean isNew = !pinnedKeys().contains(key);
      boolean idle = !heldKeys().contains(key);
      boolean full = pinnedKeys().size() == capacity / 4 || (idle && available() == 0);
      if (!index.containsKey(key) || (isNew && full)) {
        break;
      }
      pin.path.add(key);
    }
    if (pin.path.isEmpty()) {
      pins.remove(pin);
    }
    return pin;
  }

  void unpin(Pin pin) {
    if (!pins.remove(pin)) {
      return;
    }
    for (Key key : pin.path.reversed()) {
      if (!pinnedKeys().contains(key) && !heldKeys().contains(key)) {
        letGo(key);
      }
    }
  }

  final class Sequence {
    final List<Integer> prompt;
    final Optional<String> namespace;
    final List<Integer> tokens = new ArrayList<>();
    final List<Key> path = new ArrayList<>();
    int computed;
    int room;

    Sequence(List<Integer> prompt, Optional<String> namespace) {
      this.prompt = prompt;
      this.namespace = namespace;
    }

    int blocks() {
      return Math.ceilDiv(tokens.size(), BLOCK);
    }

    int ownBlocks() {
      return blocks() - path.size();
    }

    int promised() {
      return Math.ceilDiv(room, BLOCK) - blocks();
    }

    int adopt() {
      int before = tokens.size();
      while (namespace.isPresent()
          && path.size() * BLOCK == tokens.size()
          && tokens.size() + BLOCK < prompt.size()) {
        List<Integer> longer = new ArrayList<>(tokens);
        longer.addAll(prompt.subList(tokens.size(), tokens.size() + BLOCK));
        Key key = new Key(namespace.get(), longer);
        boolean coldKey = cold().contains(key);
        if (!index.containsKey(key) || (coldKey && promised() == 0 && available() == 0)) {
          break;
        }
        tokens.addAll(longer.subList(tokens.size(), longer.size()));
        path.add(key);
        computed = tokens.size();
        room = Math.max(room, computed);
      }
      hitTokens += tokens.size() - before;
      return tokens.size() - before;
    }

    boolean tryGrow(int more) {
      boolean copies = more > 0 && path.size() * BLOCK > tokens.size();
      int wanted = Math.max(room, tokens.size() + more);
      int needed = Math.ceilDiv(wanted, BLOCK) - blocks() - promised() + (copies ? 1 : 0);
      int own = blocks() + promised();
      if (needed > available()) {
        boolean fitsAlone = own + needed <= capacity - idlePinned();
        if (fitsAlone || needed > available() + idlePinned()) {
          return false;
        }
        while (needed > available()) {
          unpin(pins.getFirst());
        }
      }
      room = wanted;
      if (copies) {
        evictIfFull();
        Key key = path.removeLast();
        if (!heldKeys().contains(key) && !pinnedKeys().contains(key)) {
          letGo(key);
        }
      }
      return true;
    }

    void append(int token) {
      if (tokens.size() == blocks() * BLOCK) {
        evictIfFull();
      }
      tokens.add(token);
    }

    void computed() {
      computed = tokens.size();
      while (namespace.isPresent() && (path.size() + 1) * BLOCK <= computed) {
        Key key =
            new Key(namespace.get(), List.copyOf(tokens.subList(0, (path.size() + 1) * BLOCK)));
        index.putIfAbsent(key, 0);
        path.add(key);
      }
    }

    void truncate(int length) {
      tokens.subList(length, tokens.size()).clear();
      computed = Math.min(computed, length);
      letGoBeyond(blocks());
      room = Math.min(room, blocks() * BLOCK);
      if (path.size() * BLOCK > length) {
        Key last = path.getLast();
        boolean inside = index.keySet().stream().anyMatch(key -> follows(key, last));
        boolean others = open.stream().filter(s -> s.path.contains(last)).count() > 1;
        if (inside || others || pinnedKeys().contains(last)) {
          room = length;
        } else {
          path.removeLast();
          index.remove(last);
        }
      }
    }

    private static boolean follows(Key key, Key before) {
      int length = before.tokens.size();
      return key.namespace.equals(before.namespace)
          && key.tokens.size() > length
          && key.tokens.subList(0, length).equals(before.tokens);
    }

    private void letGoBeyond(int keep) {
      while (path.size() > keep) {
        Key key = path.removeLast();
        if (!heldKeys().contains(key) && !pinnedKeys().contains(key)) {
          letGo(key);
        }
      }
    }

    void discard() {
      tokens.clear();
      letGoBeyond(0);
      open.remove(this);
    }
  }
}
