package dev.flyball.engine.cache;

import java.util.ArrayList;
import java.util.Collection;
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
  record Key(String namespace, KvStorage storage, List<Integer> tokens) {}

  /** Told apart by identity. */
  static final class Pin {
    final List<Key> path = new ArrayList<>();
  }

  private final KvShape shape;
  private final long capacity;
  final List<Sequence> open = new ArrayList<>();
  final List<Pin> pins = new ArrayList<>();

  /** What is in the index, with the time when it was let go last. */
  final Map<Key, Integer> index = new HashMap<>();

  int hitTokens;
  int evictions;
  private int clock;

  SlowKvCache(KvShape shape, int capacity) {
    this.shape = shape;
    this.capacity = capacity * shape.blockBytes();
  }

  /** Blocks of the usual storage that have so many bytes. */
  long blocks(long bytes) {
    return Math.ceilDiv(bytes, shape.blockBytes());
  }

  private long bytes(KvStorage storage) {
    return shape.with(storage).blockBytes();
  }

  private long bytes(Collection<Key> keys) {
    return keys.stream().mapToLong(key -> bytes(key.storage)).sum();
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

  long idlePinned() {
    Set<Key> keys = pinnedKeys();
    keys.removeAll(heldKeys());
    return bytes(keys);
  }

  long held() {
    long own = open.stream().mapToLong(s -> s.ownBlocks() * bytes(s.storage)).sum();
    return bytes(heldKeys()) + own;
  }

  long promised() {
    return open.stream().mapToLong(s -> s.promised() * bytes(s.storage)).sum();
  }

  long cached() {
    return bytes(cold()) + idlePinned();
  }

  List<Key> cold() {
    Set<Key> keys = new HashSet<>(index.keySet());
    keys.removeAll(heldKeys());
    keys.removeAll(pinnedKeys());
    return keys.stream().sorted(Comparator.comparing(index::get)).toList();
  }

  private long available() {
    return capacity - held() - promised() - idlePinned();
  }

  private void letGo(Key key) {
    index.put(key, clock++);
  }

  /** Makes place for one block more. */
  private void makePlace(KvStorage storage) {
    while (held() + cached() + bytes(storage) > capacity) {
      index.remove(cold().getFirst());
      evictions++;
    }
  }

  Sequence open(List<Integer> prompt, Optional<String> namespace, KvStorage storage) {
    Sequence sequence = new Sequence(prompt, namespace, storage);
    open.add(sequence);
    sequence.adopt();
    return sequence;
  }

  Pin pin(List<Integer> prefix, String namespace, KvStorage storage) {
    Pin pin = new Pin();
    pins.add(pin);
    for (int end = BLOCK; end <= prefix.size(); end += BLOCK) {
      Key key = new Key(namespace, storage, prefix.subList(0, end));
      boolean isNew = !pinnedKeys().contains(key);
      boolean idle = !heldKeys().contains(key);
      boolean full =
          bytes(pinnedKeys()) + bytes(storage) > capacity / 4
              || (idle && available() < bytes(storage));
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
    final KvStorage storage;
    final List<Integer> tokens = new ArrayList<>();
    final List<Key> path = new ArrayList<>();
    int computed;
    int room;

    Sequence(List<Integer> prompt, Optional<String> namespace, KvStorage storage) {
      this.prompt = prompt;
      this.namespace = namespace;
      this.storage = storage;
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
        Key key = new Key(namespace.get(), storage, longer);
        boolean coldKey = cold().contains(key);
        if (!index.containsKey(key)
            || (coldKey && promised() == 0 && available() < bytes(storage))) {
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

    boolean tryGrow(int count) {
      boolean copies = count > 0 && path.size() * BLOCK > tokens.size();
      int wanted = Math.max(room, tokens.size() + count);
      int more = Math.ceilDiv(wanted, BLOCK) - blocks() - promised() + (copies ? 1 : 0);
      long needed = more * bytes(storage);
      long own = (blocks() + promised()) * bytes(storage);
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
        makePlace(storage);
        Key key = path.removeLast();
        if (!heldKeys().contains(key) && !pinnedKeys().contains(key)) {
          letGo(key);
        }
      }
      return true;
    }

    void append(int token) {
      if (tokens.size() == blocks() * BLOCK) {
        makePlace(storage);
      }
      tokens.add(token);
    }

    void computed() {
      computed = tokens.size();
      while (namespace.isPresent() && (path.size() + 1) * BLOCK <= computed) {
        Key key =
            new Key(
                namespace.get(),
                storage,
                List.copyOf(tokens.subList(0, (path.size() + 1) * BLOCK)));
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
          && key.storage == before.storage
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
