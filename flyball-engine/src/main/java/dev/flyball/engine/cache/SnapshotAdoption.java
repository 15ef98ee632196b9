package dev.flyball.engine.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a sequence with a state takes over of its prompt: blocks up to one behind which the state
 * was kept, since it goes on from there only. Blocks and states that are in the file are read as
 * far as the limits of a step allow; where they end before the last state, the next step goes on.
 */
final class SnapshotAdoption {
  private static final int BLOCK_TOKENS = PagedKvCache.BLOCK_TOKENS;

  private final PagedKvCache cache;
  private final KvShape shape;
  private final int[] prompt;
  private boolean awaitsFile;

  /** Tokens of the prompt that the cache knew at the last look, with a state behind them or not. */
  private int knownTokens;

  SnapshotAdoption(PagedKvCache cache, KvShape shape, int[] prompt) {
    this.cache = cache;
    this.shape = shape;
    this.prompt = prompt;
  }

  /** Whether the file has more that is to be read in the next step. */
  boolean awaitsFile() {
    return awaitsFile;
  }

  int knownTokens() {
    return knownTokens;
  }

  /**
   * The blocks to go on with behind a prefix; the last of them has a snapshot.
   *
   * @param parent the prefix that the sequence has
   * @param length its tokens
   * @param promisedBytes what the sequence was promised
   */
  List<PrefixNode> find(Prefix parent, int length, long promisedBytes) {
    awaitsFile = false;
    List<PrefixNode> path = inMemory(parent, length);
    knownTokens = length + path.size() * BLOCK_TOKENS;
    Optional<ColdStore> store = cache.file(shape);
    if (store.isPresent()) {
      read(store.get(), parent, length, path);
    }
    while (!path.isEmpty()
        && (path.getLast().snapshot.isEmpty() || !cache.ledger().canHold(path, promisedBytes))) {
      path.removeLast();
    }
    return path;
  }

  private List<PrefixNode> inMemory(Prefix parent, int length) {
    List<PrefixNode> found = new ArrayList<>();
    Optional<PrefixNode> next = Optional.empty();
    for (int at = length; at + BLOCK_TOKENS < prompt.length; at += BLOCK_TOKENS) {
      next = cache.find(next.isPresent() ? next.get() : parent, prompt, at);
      if (next.isEmpty()) {
        break;
      }
      found.add(next.get());
    }
    return found;
  }

  /** Brings into memory what lies in the file up to the last state that may be read now. */
  private void read(ColdStore store, Prefix parent, int length, List<PrefixNode> path) {
    Prefix last = path.isEmpty() ? parent : path.getLast();
    List<PrefixDigest> cold = inFile(store, store.digest(last), knownTokens);
    knownTokens += cold.size() * BLOCK_TOKENS;
    int target = target(store, path, cold);
    if (target == 0) {
      return;
    }
    List<PrefixNode> held = new ArrayList<>();
    path.forEach(node -> hold(node, held));
    while (path.size() < target) {
      Prefix before = path.isEmpty() ? parent : path.getLast();
      Optional<PrefixNode> next =
          cache.read(shape, before, prompt, length + path.size() * BLOCK_TOKENS);
      if (next.isEmpty()) {
        break;
      }
      path.add(next.get());
      hold(next.get(), held);
    }
    awaitsFile &= path.size() >= target && cache.readSnapshot(store, path.get(target - 1));
    held.reversed().forEach(cache.ledger()::letGo);
  }

  /** So that reading a block does not drive out the one before it. */
  private void hold(PrefixNode node, List<PrefixNode> held) {
    cache.ledger().hold(node);
    held.add(node);
  }

  private List<PrefixDigest> inFile(ColdStore store, PrefixDigest from, int at) {
    List<PrefixDigest> found = new ArrayList<>();
    PrefixDigest digest = from;
    for (int next = at; next + BLOCK_TOKENS < prompt.length; next += BLOCK_TOKENS) {
      digest = digest.followedBy(PagedKvCache.block(prompt, next));
      if (!store.contains(digest)) {
        break;
      }
      found.add(digest);
    }
    return found;
  }

  /**
   * The block whose state is to be read: the farthest that this step may read, or the next one
   * where nothing was read in it; 0 where there is none better than those in memory.
   */
  private int target(ColdStore store, List<PrefixNode> path, List<PrefixDigest> cold) {
    long readable = cache.readableBytes(store);
    long room = cache.ledger().available() - CacheLedger.idleBytes(path);
    int target = 0;
    for (int blocks = 1; blocks <= path.size() + cold.size(); blocks++) {
      int ofFile = Math.max(0, blocks - path.size());
      boolean kept = ofFile == 0 && path.get(blocks - 1).snapshot.isPresent();
      if (kept) {
        target = 0;
        awaitsFile = false;
        continue;
      }
      PrefixDigest digest = ofFile == 0 ? path.get(blocks - 1).digest : cold.get(ofFile - 1);
      long bytes = ofFile * shape.blockBytes();
      if (!store.containsState(digest) || bytes > room) {
        continue;
      }
      boolean isFirst = target == 0 && store.hasReadNothing();
      if (isFirst || bytes + shape.stateBytes() <= readable) {
        target = blocks;
      } else {
        awaitsFile = true;
      }
    }
    return target;
  }
}
