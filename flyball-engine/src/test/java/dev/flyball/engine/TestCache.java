package dev.flyball.engine;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A cache that keeps the tokens themselves, for {@link TestModel}. */
final class TestCache implements KvCache {
  private final long capacityTokens;
  private final List<Sequence> open = new ArrayList<>();
  private volatile boolean closed;

  TestCache(long capacityTokens) {
    this.capacityTokens = capacityTokens;
  }

  @Override
  public Optional<KvSequence> tryReserve(int maxTokens) {
    if (closed) {
      throw new IllegalStateException("the cache is closed");
    }
    if (reservedTokens() + maxTokens > capacityTokens) {
      return Optional.empty();
    }
    Sequence sequence = new Sequence(maxTokens);
    open.add(sequence);
    return Optional.of(sequence);
  }

  @Override
  public long capacityTokens() {
    return capacityTokens;
  }

  @Override
  public long reservedTokens() {
    return open.stream().mapToLong(sequence -> sequence.tokens.length).sum();
  }

  @Override
  public void checkIntegrity() {
    if (reservedTokens() > capacityTokens) {
      throw new IllegalStateException("more is reserved than there is");
    }
  }

  @Override
  public void close() {
    closed = true;
  }

  boolean closed() {
    return closed;
  }

  /** The tokens of one sequence so far. */
  final class Sequence implements KvSequence {
    private final int[] tokens;
    private int length;

    private Sequence(int maxTokens) {
      tokens = new int[maxTokens];
    }

    @Override
    public int length() {
      return length;
    }

    @Override
    public int append() {
      if (length == tokens.length) {
        throw new IllegalStateException("beyond the tokens reserved");
      }
      return length++;
    }

    void write(int position, int token) {
      tokens[position] = token;
    }

    int token(int position) {
      return tokens[position];
    }

    @Override
    public void close() {
      open.removeIf(this::equals);
    }
  }
}
