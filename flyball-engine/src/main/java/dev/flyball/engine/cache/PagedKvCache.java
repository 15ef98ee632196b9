package dev.flyball.engine.cache;

import dev.flyball.kernels.attention.KvLayout;
import dev.flyball.units.TokenIds;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Keys and values in blocks of 32 tokens from a pool of so many bytes; full blocks are shared by
 * prefix. Sequences of several storages share the pool, but no blocks.
 *
 * <p>A block is held by sequences, or kept for reuse (pinned or cold), or free. Room that sequences
 * set aside is a promise of bytes, which the {@link CacheLedger} books.
 */
public final class PagedKvCache implements KvCache {
  /** Tokens in a block. */
  public static final int BLOCK_TOKENS = KvLayout.BLOCK_TOKENS;

  private final KvShape shape;
  private final Map<KvStorage, KvShape> shapes = new EnumMap<>(KvStorage.class);
  private final BlockPool pool;
  private final StatePool states;
  private final PrefixIndex index = new PrefixIndex();
  private final Set<PagedKvSequence> open = new LinkedHashSet<>();
  private final CacheLedger ledger;
  private final PrefixPins pins;
  private long queriedTokens;
  private long hitTokens;
  private long evictedBlocks;
  private Optional<ColdStores> files = Optional.empty();
  private boolean closed;

  /**
   * A cache; one in native memory takes sequences of every native storage.
   *
   * @param shape in the usual storage
   * @param capacityTokens tokens of all sequences together, were all in the usual storage; rounded
   *     up to whole blocks
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
    for (KvStorage storage : KvStorage.values()) {
      if (storage.isNative() == shape.storage().isNative()) {
        shapes.put(storage, shape.with(storage));
      }
    }
    pool = new BlockPool(Math.multiplyExact(blocks, shape.blockBytes()));
    ledger = new CacheLedger(pool.capacityBytes(), index);
    pins = new PrefixPins(index, ledger);
    states = new StatePool(shape, blocks * BLOCK_TOKENS, maxStates);
  }

  /** The shape in the usual storage. */
  public KvShape shape() {
    return shape;
  }

  @Override
  public KvStorage storage() {
    return shape.storage();
  }

  @Override
  public Set<KvStorage> storages() {
    return Collections.unmodifiableSet(shapes.keySet());
  }

  private KvShape shape(KvStorage storage) {
    KvShape found = shapes.get(storage);
    if (found == null) {
      throw new IllegalArgumentException("the cache has no " + storage + ", but " + storages());
    }
    return found;
  }

  @Override
  public KvSequence open(TokenIds prompt, KvNamespace namespace, KvStorage storage) {
    if (prompt.isEmpty()) {
      throw new IllegalArgumentException("a prompt of no tokens");
    }
    PagedKvSequence sequence =
        add(new PagedKvSequence(this, shape(storage), prompt, Optional.of(namespace)));
    queriedTokens += prompt.size();
    sequence.adopt();
    return sequence;
  }

  @Override
  public KvSequence openUnshared() {
    return add(new PagedKvSequence(this, shape, TokenIds.empty(), Optional.empty()));
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
    ColdStores stores = new ColdStores(directory, model);
    var _ = stores.of(shape);
    files = Optional.of(stores);
    states.onDisplaced(
        node -> file(shape(node.block.storage)).ifPresent(store -> store.offerState(node)));
  }

  /** The file of blocks of a shape. */
  Optional<ColdStore> file(KvShape of) {
    return files.flatMap(stores -> stores.of(of));
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

  @Override
  public void stepOver() {
    files.ifPresent(ColdStores::startStep);
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
  boolean isInFile(KvShape of, Prefix parent, int[] ids, int offset, boolean promised) {
    Optional<ColdStore> file = file(of);
    return (promised || ledger.available() >= of.blockBytes())
        && file.isPresent()
        && file.get().contains(file.get().digest(parent).followedBy(block(ids, offset)));
  }

  /** How long writing and reading so many bytes takes; nothing without a file. */
  OptionalDouble swapNanos(KvShape of, long bytes) {
    Optional<ColdStore> file = file(of);
    return file.isPresent() ? file.get().swapNanos(bytes) : OptionalDouble.empty();
  }

  /** Whether one may read a block more before the next step. */
  boolean mayRead(KvShape of) {
    return file(of).orElseThrow().mayRead(open.size() == 1);
  }

  /** Bytes that may be read before the next step. */
  long readableBytes(ColdStore store) {
    return store.readableBytes(open.size() == 1);
  }

  /** Brings the state behind a block back from the file; false where that is not possible. */
  boolean readSnapshot(ColdStore store, PrefixNode node) {
    Optional<StateSnapshot> snapshot = states.tryTakeSnapshot();
    if (snapshot.isEmpty()) {
      return false;
    }
    if (!store.readState(node, snapshot.get())) {
      states.give(snapshot.get());
      return false;
    }
    states.attach(node, snapshot.get());
    return true;
  }

  /** Brings a block back from the file; it is cold then. Nothing where the file is damaged. */
  Optional<PrefixNode> read(KvShape of, Prefix parent, int[] ids, int offset) {
    ColdStore store = file(of).orElseThrow();
    KvBlock block = take(of);
    if (!store.read(store.digest(parent), block(ids, offset), block)) {
      pool.give(block);
      return Optional.empty();
    }
    PrefixNode node = add(parent, ids, offset, block);
    index.cool(node);
    return Optional.of(node);
  }

  /** The ids of a block. */
  static int[] block(int[] ids, int offset) {
    return Arrays.copyOfRange(ids, offset, offset + BLOCK_TOKENS);
  }

  /** Makes a full block one that others can find. */
  PrefixNode add(Prefix parent, int[] ids, int offset, KvBlock block) {
    PrefixNode node = index.add(parent, ids, offset, block);
    file(shape(block.storage))
        .ifPresent(store -> node.digest = store.digest(parent).followedBy(node.key.ids()));
    return node;
  }

  /**
   * Promises bytes to a sequence.
   *
   * @param ownBytes of what it holds and was promised already
   * @return false where there are not so many
   */
  boolean tryPromise(long bytes, long ownBytes) {
    if (bytes > ledger.available()) {
      if (ledger.fitBesidePins(ownBytes + bytes) || !ledger.couldPromise(bytes)) {
        return false;
      }
      pins.giveWay(bytes);
    }
    ledger.promise(bytes);
    return true;
  }

  /** A block of what was promised to a sequence. */
  KvBlock takePromised(KvShape of) {
    ledger.redeem(of.blockBytes());
    return take(of);
  }

  /** A free block, for which the coldest ones give way, as many as it takes. */
  private KvBlock take(KvShape of) {
    Optional<KvBlock> block = pool.tryTake(of);
    while (block.isEmpty()) {
      evict();
      block = pool.tryTake(of);
    }
    return block.get();
  }

  private void evict() {
    PrefixNode coldest = index.evict().orElseThrow();
    evictedBlocks++;
    file(shape(coldest.block.storage)).ifPresent(store -> store.offer(coldest));
    states.drop(coldest);
    pool.give(coldest.block);
  }

  /** Takes a block out of the index again, which only one sequence holds and nothing follows. */
  void remove(PrefixNode node) {
    index.remove(node);
    states.drop(node);
  }

  /** Takes back a block that only one sequence held and that is not in the index. */
  void giveBack(KvBlock block) {
    ledger.giveBack(block.bytes);
    pool.give(block);
  }

  /** The books, in which sequences book what they hold. */
  CacheLedger ledger() {
    return ledger;
  }

  void countHit(int tokens) {
    hitTokens += tokens;
  }

  void forget(PagedKvSequence sequence) {
    open.remove(sequence);
  }

  @Override
  public KvPin pin(TokenIds prefix, KvNamespace namespace, KvStorage storage) {
    return pins.pin(new PrefixRoot(namespace, shape(storage).storage()), prefix.toArray());
  }

  @Override
  public long capacityTokens(KvStorage storage) {
    return pool.capacityBytes() / shape(storage).blockBytes() * BLOCK_TOKENS;
  }

  @Override
  public long usedTokens() {
    return tokens(ledger.heldBytes());
  }

  @Override
  public long reservedTokens() {
    return tokens(ledger.promisedBytes());
  }

  @Override
  public long cachedTokens() {
    return tokens(ledger.cachedBytes());
  }

  private long tokens(long bytes) {
    return Math.ceilDiv(bytes, shape.blockBytes()) * BLOCK_TOKENS;
  }

  @Override
  public KvCacheCounters counters() {
    return new KvCacheCounters(
        queriedTokens,
        hitTokens,
        evictedBlocks,
        files.map(ColdStores::writtenBlocks).orElse(0L),
        files.map(ColdStores::readBlocks).orElse(0L));
  }

  /** Bytes of the blocks allocated so far, whether in use or waiting to be reused. */
  public long allocatedBytes() {
    return pool.allocatedBytes();
  }

  @Override
  public void checkIntegrity() {
    CacheAudit audit = new CacheAudit(pool, index, open, pins.all());
    audit.check();
    ledger.check(audit);
    states.checkIntegrity(open, index.nodes());
    files.ifPresent(ColdStores::checkIntegrity);
  }

  @Override
  public void close() {
    closed = true;
    Set.copyOf(open).forEach(PagedKvSequence::discard);
    pins.close();
    files.ifPresent(stores -> stores.close(index.cold()));
    files = Optional.empty();
    states.close();
    index.nodes().forEach(node -> pool.give(node.block));
    index.clear();
    pool.close();
  }
}
