package dev.flyball.engine;

import dev.flyball.engine.cache.CacheDirectory;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvCacheCounters;
import dev.flyball.engine.cache.KvNamespace;
import dev.flyball.engine.cache.KvPin;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.cache.KvStorage;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A cache that keeps the tokens themselves, for {@link TestModel}, and shares none. */
final class TestCache implements KvCache {
  private final long capacityTokens;
  private final List<Sequence> open = new ArrayList<>();
  private final List<KvNamespace> namespaces = new CopyOnWriteArrayList<>();
  private volatile boolean closed;
  private final AtomicInteger stepsToAwait = new AtomicInteger();

  TestCache(long capacityTokens) {
    this.capacityTokens = capacityTokens;
  }

  @Override
  public KvSequence open(TokenIds prompt, KvNamespace namespace, KvStorage storage) {
    namespaces.add(namespace);
    return openUnshared();
  }

  @Override
  public KvSequence openUnshared() {
    if (closed) {
      throw new IllegalStateException("the cache is closed");
    }
    Sequence sequence = new Sequence();
    open.add(sequence);
    return sequence;
  }

  @Override
  public KvPin pin(TokenIds prefix, KvNamespace namespace, KvStorage storage) {
    throw new UnsupportedOperationException("nothing is shared");
  }

  @Override
  public void keepIn(CacheDirectory directory, String model) {
    throw new UnsupportedOperationException("nothing is kept");
  }

  /** From now on a sequence awaits a file until so many steps are over. */
  void awaitFor(int steps) {
    stepsToAwait.set(steps);
  }

  @Override
  public void stepOver() {
    stepsToAwait.updateAndGet(steps -> Math.max(0, steps - 1));
  }

  @Override
  public KvStorage storage() {
    return KvStorage.HEAP_F32;
  }

  @Override
  public Set<KvStorage> storages() {
    return Set.of(KvStorage.HEAP_F32);
  }

  @Override
  public long capacityTokens(KvStorage storage) {
    return capacityTokens;
  }

  @Override
  public long usedTokens() {
    return open.stream().mapToLong(Sequence::length).sum();
  }

  @Override
  public long reservedTokens() {
    return open.stream().mapToLong(sequence -> sequence.tokens.length - sequence.length).sum();
  }

  @Override
  public long cachedTokens() {
    return 0;
  }

  @Override
  public KvCacheCounters counters() {
    return new KvCacheCounters(0, 0, 0, 0, 0);
  }

  @Override
  public void checkIntegrity() {
    if (usedTokens() + reservedTokens() > capacityTokens) {
      throw new IllegalStateException("more is set aside than there is");
    }
  }

  @Override
  public void close() {
    closed = true;
  }

  /** Those that sequences were opened in. */
  List<KvNamespace> namespaces() {
    return namespaces;
  }

  boolean closed() {
    return closed;
  }

  /** The tokens of one sequence so far. */
  final class Sequence implements KvSequence {
    private int[] tokens = new int[0];
    private int length;
    private int branchedAt;

    @Override
    public int length() {
      return length;
    }

    @Override
    public KvStorage storage() {
      return KvStorage.HEAP_F32;
    }

    @Override
    public int adopt() {
      return 0;
    }

    @Override
    public boolean awaitsFile() {
      return stepsToAwait.get() > 0;
    }

    @Override
    public boolean tryGrow(int more) {
      int missing = length + more - tokens.length;
      if (missing > capacityTokens - usedTokens() - reservedTokens()) {
        return false;
      }
      tokens = Arrays.copyOf(tokens, Math.max(tokens.length, length + more));
      return true;
    }

    @Override
    public int append(int token) {
      if (length == tokens.length) {
        throw new IllegalStateException("beyond the room set aside");
      }
      tokens[length] = token;
      return length++;
    }

    @Override
    public void branch() {
      branchedAt = length;
    }

    @Override
    public void keepPath(int[] places, int count) {
      for (int i = 0; i < count; i++) {
        tokens[branchedAt + i] = tokens[branchedAt + places[i]];
      }
      truncate(branchedAt + count);
    }

    @Override
    public void computed() {
      // nothing is shared
    }

    @Override
    public boolean canTruncateTo(int newLength) {
      return true;
    }

    @Override
    public void truncate(int newLength) {
      length = newLength;
      tokens = Arrays.copyOf(tokens, newLength);
    }

    int token(int position) {
      return tokens[position];
    }

    @Override
    public void discard() {
      open.removeIf(this::equals);
    }

    @Override
    public void close() {
      discard();
    }
  }
}
