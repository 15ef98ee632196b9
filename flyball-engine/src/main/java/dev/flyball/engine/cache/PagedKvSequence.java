package dev.flyball.engine.cache;

import dev.flyball.units.TokenIds;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The block table of one sequence of a {@link PagedKvCache}.
 *
 * <pre>
 * blocks   shared  shared  shared | own  own | promised ...
 * path     node    node    node
 * </pre>
 *
 * The shared ones are full and in the index. Own blocks become shared ones when they are full and
 * computed. Where tokens were taken back, the last shared block can reach beyond the end of the
 * sequence; it is copied before anything is written behind that end.
 */
public final class PagedKvSequence implements KvSequence {
  private static final int BLOCK_TOKENS = PagedKvCache.BLOCK_TOKENS;
  private static final int IN_LINE = Integer.MAX_VALUE;

  private final PagedKvCache cache;
  private final KvShape shape;
  private final long blockBytes;
  private final int[] prompt;
  private final Optional<PrefixRoot> root;
  private final List<KvBlock> blocks = new ArrayList<>();
  private final List<PrefixNode> path = new ArrayList<>();
  private final Optional<SequenceState> recurrent;
  private final SnapshotAdoption snapshots;
  private int[] ids = new int[BLOCK_TOKENS];
  private int length;
  private int computed;

  /** Tokens that it may have: what its blocks and the promised ones have room for, or less. */
  private int room;

  /** From where on its tokens are guesses that are not all in line. */
  private int branchedAt = IN_LINE;

  private boolean awaitsFile;
  private boolean closed;

  /**
   * @param shape how its blocks are stored
   * @param namespace nothing: it shares nothing
   */
  PagedKvSequence(
      PagedKvCache cache, KvShape shape, TokenIds prompt, Optional<KvNamespace> namespace) {
    this.cache = cache;
    this.shape = shape;
    blockBytes = shape.blockBytes();
    this.prompt = prompt.toArray();
    recurrent = cache.newState(this.prompt.length);
    snapshots = new SnapshotAdoption(cache, shape, this.prompt);
    root = namespace.map(name -> new PrefixRoot(name, shape.storage()));
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public int adopt() {
    requireOpen();
    int before = length;
    root.ifPresent(this::adoptFrom);
    cache.countHit(length - before);
    return length - before;
  }

  private void adoptFrom(PrefixRoot start) {
    awaitsFile = false;
    if (recurrent.isPresent()) {
      adoptToSnapshot(start, recurrent.get());
      return;
    }
    while (path.size() * BLOCK_TOKENS == length && length + BLOCK_TOKENS < prompt.length) {
      int promised = promisedBlocks();
      Optional<PrefixNode> next = next(parent(start), promised > 0);
      if (next.isEmpty() || !(promised > 0 || cache.ledger().canHold(next.get()))) {
        return;
      }
      adopt(next.get());
    }
  }

  /** Adopts blocks up to the last one with a snapshot, with which the sequence goes on. */
  private void adoptToSnapshot(PrefixRoot start, SequenceState state) {
    if (path.size() * BLOCK_TOKENS != length) {
      return;
    }
    List<PrefixNode> found = snapshots.find(parent(start), length, promisedBytes());
    awaitsFile = snapshots.awaitsFile();
    state.knows(snapshots.knownTokens());
    if (!found.isEmpty()) {
      found.forEach(this::adopt);
      state.beginWith(found.getLast());
    }
  }

  /** The next block of the prompt, from memory or the file. */
  private Optional<PrefixNode> next(Prefix parent, boolean promised) {
    Optional<PrefixNode> next = cache.find(parent, prompt, length);
    if (next.isPresent() || !cache.isInFile(shape, parent, prompt, length, promised)) {
      return next;
    }
    awaitsFile = !cache.mayRead(shape);
    return awaitsFile ? Optional.empty() : cache.read(shape, parent, prompt, length);
  }

  @Override
  public boolean awaitsFile() {
    return awaitsFile;
  }

  private void adopt(PrefixNode node) {
    int promised = promisedBlocks();
    cache.ledger().hold(node);
    node.forgotten = false;
    path.add(node);
    blocks.add(node.block);
    makeRoomForIds(length + BLOCK_TOKENS);
    node.key.copyIds(ids, length);
    length += BLOCK_TOKENS;
    computed = length;
    room = Math.max(room, length);
    cache.ledger().takeBackPromise((promised - promisedBlocks()) * blockBytes);
  }

  private Prefix parent(PrefixRoot start) {
    return path.isEmpty() ? start : path.getLast();
  }

  @Override
  public boolean tryGrow(int tokens) {
    requireOpen();
    if (tokens < 0) {
      throw new IllegalArgumentException(tokens + " tokens more");
    }
    long wanted = (long) length + tokens;
    if (wanted > cache.capacityTokens(shape.storage())) {
      return false;
    }
    int newRoom = Math.max(room, (int) wanted);
    boolean copies = tokens > 0 && endsInsideOfSharedBlock();
    int blocksAhead = Math.ceilDiv(newRoom, BLOCK_TOKENS) - blocks.size() - promisedBlocks();
    int more = blocksAhead + (copies ? 1 : 0);
    if (!cache.tryPromise(more * blockBytes, blocks.size() * blockBytes + promisedBytes())) {
      return false;
    }
    if (tokens > 0 && recurrent.isPresent() && !recurrent.get().tryTake()) {
      cache.ledger().takeBackPromise(more * blockBytes);
      return false;
    }
    room = newRoom;
    if (copies) {
      copyLastBlock();
    }
    return true;
  }

  private boolean endsInsideOfSharedBlock() {
    return path.size() * BLOCK_TOKENS > length;
  }

  private void copyLastBlock() {
    PrefixNode shared = path.removeLast();
    KvBlock own = cache.takePromised(shape);
    own.copy(shared.block);
    blocks.set(blocks.size() - 1, own);
    cache.ledger().letGo(shared);
  }

  /** Blocks that {@link #room} needs beyond those in the table. */
  int promisedBlocks() {
    return Math.ceilDiv(room, BLOCK_TOKENS) - blocks.size();
  }

  long promisedBytes() {
    return promisedBlocks() * blockBytes;
  }

  @Override
  public int append(int token) {
    requireOpen();
    if (length == room) {
      throw new IllegalStateException("the sequence has room for its " + room + " tokens only");
    }
    if (length == blocks.size() * BLOCK_TOKENS) {
      blocks.add(cache.takePromised(shape));
    }
    makeRoomForIds(length + 1);
    ids[length++] = token;
    if (recurrent.isPresent()) {
      recurrent.get().appended(length);
    }
    return length - 1;
  }

  private void makeRoomForIds(int count) {
    if (count > ids.length) {
      ids = Arrays.copyOf(ids, Math.max(count, 2 * ids.length));
    }
  }

  @Override
  public void computed() {
    requireOpen();
    computed = Math.min(length, branchedAt);
    cache.stepOver();
    root.ifPresent(this::offer);
    recurrent.ifPresent(SequenceState::forgetPending);
  }

  private void offer(PrefixRoot start) {
    while ((path.size() + 1) * BLOCK_TOKENS <= computed) {
      int next = path.size();
      KvBlock own = blocks.get(next);
      Prefix parent = parent(start);
      Optional<PrefixNode> other = cache.find(parent, ids, next * BLOCK_TOKENS);
      if (other.isPresent()) {
        path.add(other.get());
        cache.ledger().hold(other.get());
        cache.giveBack(own);
        blocks.set(next, other.get().block);
      } else {
        PrefixNode node = cache.add(parent, ids, next * BLOCK_TOKENS, own);
        node.holders = 1;
        path.add(node);
      }
      if (recurrent.isPresent()) {
        recurrent.get().offer(path.getLast(), path.size() * BLOCK_TOKENS);
      }
    }
  }

  @Override
  public void branch() {
    requireOpen();
    if (recurrent.isPresent() || branchedAt != IN_LINE) {
      throw new IllegalStateException("the sequence has a state, or branches already");
    }
    branchedAt = length;
  }

  @Override
  public void keepPath(int[] places, int count) {
    requireOpen();
    if (branchedAt == IN_LINE) {
      throw new IllegalStateException("the sequence does not branch");
    }
    int begin = branchedAt;
    for (int i = 0; i < count; i++) {
      if (places[i] < i || begin + places[i] >= length) {
        throw new IllegalArgumentException("place " + places[i] + " cannot become place " + i);
      }
      if (places[i] > i) {
        move(begin + places[i], begin + i);
      }
    }
    branchedAt = IN_LINE;
    truncate(begin + count);
    computed();
  }

  private void move(int from, int to) {
    ids[to] = ids[from];
    blocks
        .get(to / BLOCK_TOKENS)
        .copyToken(shape, blocks.get(from / BLOCK_TOKENS), from % BLOCK_TOKENS, to % BLOCK_TOKENS);
  }

  @Override
  public boolean canTruncateTo(int newLength) {
    boolean whole = newLength % BLOCK_TOKENS == 0 && newLength / BLOCK_TOKENS <= path.size();
    return recurrent.isEmpty()
        || newLength == length
        || newLength == 0
        || (whole && path.get(newLength / BLOCK_TOKENS - 1).snapshot.isPresent());
  }

  @Override
  public void truncate(int newLength) {
    requireOpen();
    if (newLength < 0 || newLength > length) {
      throw new IllegalArgumentException(length + " tokens cut to " + newLength);
    }
    if (!canTruncateTo(newLength)) {
      throw new IllegalStateException("no state was kept after " + newLength + " tokens");
    }
    if (newLength < length) {
      recurrent.ifPresent(state -> cutBack(state, newLength / BLOCK_TOKENS));
    }
    cache.ledger().takeBackPromise(promisedBytes());
    length = newLength;
    computed = Math.min(computed, newLength);
    removeBlocks(Math.ceilDiv(newLength, BLOCK_TOKENS));
    room = Math.min(room, blocks.size() * BLOCK_TOKENS);
    if (endsInsideOfSharedBlock()) {
      takeLastBlockBack();
    }
  }

  private void cutBack(SequenceState state, int keptBlocks) {
    state.forgetPending();
    if (keptBlocks == 0) {
      state.clear();
    } else {
      state.beginWith(path.get(keptBlocks - 1));
    }
  }

  /** Makes the last block its own again where nobody else uses it. */
  private void takeLastBlockBack() {
    PrefixNode last = path.getLast();
    if (last.holders == 1 && last.pins == 0 && last.children == 0) {
      cache.remove(path.removeLast());
    } else {
      room = length;
    }
  }

  /** The last one first, so that cold blocks are in order. */
  private void removeBlocks(int keep) {
    while (blocks.size() > keep) {
      KvBlock block = blocks.removeLast();
      if (path.size() > blocks.size()) {
        cache.ledger().letGo(path.removeLast());
      } else {
        cache.giveBack(block);
      }
    }
  }

  @Override
  public OptionalDouble swapNanos() {
    return root.isPresent()
        ? cache.swapNanos(shape, blocks.size() * blockBytes)
        : OptionalDouble.empty();
  }

  @Override
  public void forgetInFile() {
    computed();
    path.stream().filter(node -> node.holders == 1).forEach(node -> node.forgotten = true);
  }

  @Override
  public void close() {
    if (!closed) {
      computed();
      discard();
    }
  }

  @Override
  public void discard() {
    if (!closed) {
      cache.ledger().takeBackPromise(promisedBytes());
      recurrent.ifPresent(SequenceState::release);
      removeBlocks(0);
      room = 0;
      closed = true;
      cache.forget(this);
    }
  }

  @Override
  public KvStorage storage() {
    return shape.storage();
  }

  /** The cache that the sequence belongs to. */
  public PagedKvCache cache() {
    return cache;
  }

  /**
   * The keys of one layer in one block of Java arrays: (heads, {@link PagedKvCache#BLOCK_TOKENS},
   * keyLength). To be written for the tokens of the batch under way, read for all before.
   */
  public float[] keys(int layer, int block) {
    return ((HeapKvBlock) blocks.get(block)).keys[layer];
  }

  /**
   * The values of one layer in one block of Java arrays: (heads, {@link PagedKvCache#BLOCK_TOKENS},
   * valueLength).
   */
  public float[] values(int layer, int block) {
    return ((HeapKvBlock) blocks.get(block)).values[layer];
  }

  /** A block of native memory: as {@link NativeKvBlock} says. */
  public MemorySegment memory(int block) {
    return ((NativeKvBlock) blocks.get(block)).memory;
  }

  /**
   * The state of the model's recurrent layers as it was before the batch under way, all 0 in an
   * empty sequence; to be brought forward in place, by any thread.
   *
   * @throws java.util.NoSuchElementException where the model has none
   */
  public float[] state() {
    return recurrent.orElseThrow().values();
  }

  /**
   * To be called for each part of the state that has been brought forward to the end of a block, by
   * the thread that did: keeps a copy where a snapshot is wanted there.
   *
   * @param tokens of the sequence that the state has seen
   * @param offset of the part
   * @param count its values
   */
  public void keepState(int tokens, int offset, int count) {
    recurrent.orElseThrow().keep(tokens, offset, count);
  }

  Optional<SequenceState> recurrent() {
    return recurrent;
  }

  List<KvBlock> blocks() {
    return blocks;
  }

  List<PrefixNode> path() {
    return path;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the sequence is closed");
    }
  }
}
