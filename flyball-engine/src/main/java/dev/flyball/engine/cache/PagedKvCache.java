package dev.flyball.engine.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flyball.kernels.attention.KvLayout;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;

/**
 * Keys and values in blocks of 32 tokens from a bounded pool; full blocks are shared by prefix.
 *
 * <p>A block is held by sequences, or kept for reuse (pinned or cold), or free. Room that sequences
 * set aside is a promise of blocks. Promises are kept because {@code held + promised + pinned
 * without holder <= capacity} at any time: whatever else there is, is free or cold and gives way.
 */
public final class PagedKvCache implements KvCache {
  private static final Logger LOG = System.getLogger(PagedKvCache.class.getName());

  /** Tokens in a block. */
  public static final int BLOCK_TOKENS = KvLayout.BLOCK_TOKENS;

  /** Pins keep at most one block in so many. */
  private static final int PINNED_SHARE = 4;

  private final KvShape shape;
  private final BlockPool pool;
  private final StatePool states;
  private final PrefixIndex index = new PrefixIndex();
  private final Set<PagedKvSequence> open = new LinkedHashSet<>();
  private final SequencedSet<PrefixPin> pins = new LinkedHashSet<>();
  private int heldBlocks;
  private int promisedBlocks;
  private int pinnedBlocks;

  /** Pinned blocks that no sequence holds. */
  private int idlePinnedBlocks;

  private long queriedTokens;
  private long hitTokens;
  private long evictedBlocks;
  private Optional<ColdStore> file = Optional.empty();
  private boolean closed;

  /**
   * @param capacityTokens tokens of all sequences together, rounded up to whole blocks
   */
  public PagedKvCache(KvShape shape, long capacityTokens) {
    this(shape, capacityTokens, Integer.MAX_VALUE);
  }

  /**
   * @param capacityTokens tokens of all sequences together, rounded up to whole blocks
   * @param maxStates sequences that can have a state at a time, where the model has one
   */
  public PagedKvCache(KvShape shape, long capacityTokens, int maxStates) {
    long blocks = Math.ceilDiv(capacityTokens, (long) BLOCK_TOKENS);
    if (blocks < 1 || blocks > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a cache for " + capacityTokens + " tokens");
    }
    this.shape = shape;
    pool = new BlockPool(shape, (int) blocks);
    states = new StatePool(shape, tokens((int) blocks), maxStates);
  }

  public KvShape shape() {
    return shape;
  }

  @Override
  public KvSequence open(TokenIds prompt, KvNamespace namespace) {
    if (prompt.isEmpty()) {
      throw new IllegalArgumentException("a prompt of no tokens");
    }
    queriedTokens += prompt.size();
    PagedKvSequence sequence = add(new PagedKvSequence(this, prompt, Optional.of(namespace)));
    sequence.adopt();
    return sequence;
  }

  @Override
  public KvSequence openUnshared() {
    return add(new PagedKvSequence(this, TokenIds.empty(), Optional.empty()));
  }

  private PagedKvSequence add(PagedKvSequence sequence) {
    if (closed) {
      throw new IllegalStateException("the cache is closed");
    }
    open.add(sequence);
    return sequence;
  }

  @Override
  public void keepIn(CacheDirectory directory, String model) {
    if (queriedTokens > 0) {
      throw new IllegalStateException("the cache is in use already");
    }
    if (shape.hasState()) {
      LOG.log(
          Level.WARNING,
          directory.path()
              + ": nothing is kept there of a model with recurrent layers, whose state the cache's"
              + " file has no place for");
      return;
    }
    ByteBuffer identity = ByteBuffer.wrap((model + " " + shape).getBytes(UTF_8));
    PrefixDigest digest = PrefixDigest.of(identity);
    Path path = directory.path().resolve("%016x.kv".formatted(digest.a()));
    try {
      long blockBytes = shape.bytesPerToken() * BLOCK_TOKENS;
      long limit = directory.limitBytes();
      file = Optional.of(ColdStore.open(path, digest, Math.toIntExact(blockBytes), limit));
    } catch (IOException | ArithmeticException e) {
      LOG.log(Level.WARNING, path + ": keys and values are not kept there: " + e.getMessage());
    }
  }

  /** The state of a new sequence, where the model has one. */
  Optional<SequenceState> newState(int promptTokens) {
    return shape.hasState()
        ? Optional.of(new SequenceState(states, shape.snapshotTokens(), promptTokens))
        : Optional.empty();
  }

  @Override
  public boolean canTakeBack() {
    return !shape.hasState();
  }

  /** Tells that a step is over: as much may be read and written again as one may wait for. */
  void stepOver() {
    file.ifPresent(ColdStore::startStep);
  }

  /** The block that follows {@code parent} with the ids from {@code ids[offset]} on. */
  Optional<PrefixNode> find(Prefix parent, int[] ids, int offset) {
    return index.find(parent, ids, offset);
  }

  /**
   * Whether a block that is not in memory lies in the file, and there is a place for it.
   *
   * @param promised whether the sequence was promised a block
   */
  boolean isInFile(Prefix parent, int[] ids, int offset, boolean promised) {
    return (promised || available() > 0)
        && file.isPresent()
        && file.get().contains(file.get().digest(parent).followedBy(block(ids, offset)));
  }

  /** Whether one may read a block more before the next step. */
  boolean mayRead() {
    return file.orElseThrow().mayRead(open.size() == 1);
  }

  /** Brings a block back from the file; it is cold then. Nothing where the file is damaged. */
  Optional<PrefixNode> read(Prefix parent, int[] ids, int offset) {
    ColdStore store = file.orElseThrow();
    KvBlock block = pool.tryTake().orElseGet(this::evict);
    if (!store.read(store.digest(parent), block(ids, offset), block)) {
      pool.give(block);
      return Optional.empty();
    }
    PrefixNode node = add(parent, ids, offset, block);
    index.cool(node);
    return Optional.of(node);
  }

  private static int[] block(int[] ids, int offset) {
    return Arrays.copyOfRange(ids, offset, offset + BLOCK_TOKENS);
  }

  /** Makes a full block one that others can find. */
  PrefixNode add(Prefix parent, int[] ids, int offset, KvBlock block) {
    PrefixNode node = index.add(parent, ids, offset, block);
    file.ifPresent(store -> node.digest = store.digest(parent).followedBy(node.key.ids()));
    return node;
  }

  /** Blocks that can still be promised. */
  private int available() {
    return pool.capacity() - heldBlocks - promisedBlocks - idlePinnedBlocks;
  }

  /**
   * Promises blocks to a sequence.
   *
   * @param ownBlocks what it holds and was promised already
   * @return false where there are not so many
   */
  boolean tryPromise(int blocks, int ownBlocks) {
    int shortage = blocks - available();
    if (shortage > 0) {
      boolean fitsAlone = ownBlocks + blocks <= pool.capacity() - idlePinnedBlocks;
      if (fitsAlone || shortage > idlePinnedBlocks) {
        return false;
      }
      while (blocks > available()) {
        pins.getFirst().close();
      }
    }
    promisedBlocks += blocks;
    return true;
  }

  void takeBackPromise(int blocks) {
    promisedBlocks -= blocks;
  }

  /** A block of those promised to a sequence. */
  KvBlock takePromised() {
    promisedBlocks--;
    heldBlocks++;
    return pool.tryTake().orElseGet(this::evict);
  }

  private KvBlock evict() {
    PrefixNode coldest = index.evict().orElseThrow();
    evictedBlocks++;
    file.ifPresent(store -> store.offer(coldest));
    states.drop(coldest);
    coldest.block.clear();
    return coldest.block;
  }

  /** Takes a block out of the index again, which only one sequence holds and nothing follows. */
  void remove(PrefixNode node) {
    index.remove(node);
    states.drop(node);
  }

  /** Takes back a block that only one sequence held and that is not in the index. */
  void giveBack(KvBlock block) {
    heldBlocks--;
    pool.give(block);
  }

  /** Whether another sequence can hold a block without breaking a promise. */
  boolean canHold(PrefixNode node) {
    return node.holders > 0 || node.pins > 0 || available() > 0;
  }

  /**
   * Whether another sequence can hold some blocks without breaking a promise.
   *
   * @param promised blocks that it was promised
   */
  boolean canHold(List<PrefixNode> nodes, int promised) {
    long idle = nodes.stream().filter(node -> node.holders == 0 && node.pins == 0).count();
    return idle <= promised + available();
  }

  /** Books a sequence more that holds a block. */
  void hold(PrefixNode node) {
    if (node.holders++ > 0) {
      return;
    }
    heldBlocks++;
    if (node.pins > 0) {
      idlePinnedBlocks--;
    } else {
      index.warm(node);
    }
  }

  /** Books a sequence less that holds a block. */
  void letGo(PrefixNode node) {
    if (--node.holders > 0) {
      return;
    }
    heldBlocks--;
    if (node.pins > 0) {
      idlePinnedBlocks++;
    } else {
      index.cool(node);
    }
  }

  void countHit(int tokens) {
    hitTokens += tokens;
  }

  void forget(PagedKvSequence sequence) {
    open.remove(sequence);
  }

  @Override
  public KvPin pin(TokenIds prefix, KvNamespace namespace) {
    List<PrefixNode> path = new ArrayList<>();
    int[] ids = prefix.toArray();
    Prefix parent = namespace;
    for (int first = 0; first + BLOCK_TOKENS <= ids.length; first += BLOCK_TOKENS) {
      Optional<PrefixNode> next = index.find(parent, ids, first).filter(this::tryPin);
      if (next.isEmpty()) {
        break;
      }
      path.add(next.get());
      parent = next.get();
    }
    PrefixPin pin = new PrefixPin(this, path);
    if (!path.isEmpty()) {
      pins.add(pin);
    }
    return pin;
  }

  private boolean tryPin(PrefixNode node) {
    if (node.pins == 0) {
      boolean idle = node.holders == 0;
      if (pinnedBlocks == pool.capacity() / PINNED_SHARE || (idle && available() == 0)) {
        return false;
      }
      pinnedBlocks++;
      if (idle) {
        idlePinnedBlocks++;
        index.warm(node);
      }
    }
    node.pins++;
    return true;
  }

  /** The last block first, as sequences do. */
  void unpin(PrefixPin pin) {
    pins.remove(pin);
    for (PrefixNode node : pin.path().reversed()) {
      if (--node.pins == 0) {
        pinnedBlocks--;
        if (node.holders == 0) {
          idlePinnedBlocks--;
          index.cool(node);
        }
      }
    }
  }

  @Override
  public long capacityTokens() {
    return tokens(pool.capacity());
  }

  @Override
  public long usedTokens() {
    return tokens(heldBlocks);
  }

  @Override
  public long reservedTokens() {
    return tokens(promisedBlocks);
  }

  @Override
  public long cachedTokens() {
    return tokens(index.coldNodes() + idlePinnedBlocks);
  }

  private static long tokens(int blocks) {
    return (long) blocks * BLOCK_TOKENS;
  }

  @Override
  public KvCacheCounters counters() {
    return new KvCacheCounters(
        queriedTokens,
        hitTokens,
        evictedBlocks,
        file.map(ColdStore::writtenBlocks).orElse(0L),
        file.map(ColdStore::readBlocks).orElse(0L));
  }

  /** Bytes of the blocks allocated so far, whether in use or waiting to be reused. */
  public long allocatedBytes() {
    return pool.allocated() * shape.bytesPerToken() * BLOCK_TOKENS;
  }

  @Override
  public void checkIntegrity() {
    CacheAudit audit = new CacheAudit(pool, index, open, pins);
    audit.check();
    audit.checkCounts(heldBlocks, promisedBlocks, pinnedBlocks, idlePinnedBlocks);
    states.checkIntegrity(open, index.nodes());
    file.ifPresent(ColdStore::checkIntegrity);
  }

  @Override
  public void close() {
    closed = true;
    Set.copyOf(open).forEach(PagedKvSequence::discard);
    Set.copyOf(pins).forEach(PrefixPin::close);
    file.ifPresent(
        store -> {
          index.cold().forEach(store::write);
          store.close();
        });
    file = Optional.empty();
    states.close();
    index.nodes().forEach(node -> pool.give(node.block));
    index.clear();
    pool.close();
  }
}
