package dev.flyball.engine.cache;

import dev.flyball.units.TokenIds;
import java.util.Optional;
import java.util.Set;

/**
 * The memory for keys and values of one model: a bounded pool that its sequences share. What a
 * sequence computed stays behind it for others whose prompts begin alike, until the memory is
 * wanted for something else; the least recently used goes first. Used by the engine's thread only.
 */
public interface KvCache extends AutoCloseable {
  /**
   * A new sequence that holds what is cached of its prompt, in whole blocks, but never the whole
   * prompt: what follows its last token is always left to compute. Nothing is set aside for more.
   * Never fails for want of memory; it may share less then.
   *
   * @param prompt at least one token
   * @param namespace whom it shares prefixes with: sequences of that name and of the same storage
   * @param storage one of {@link #storages()}
   */
  KvSequence open(TokenIds prompt, KvNamespace namespace, KvStorage storage);

  /** Likewise, in the cache's usual storage. */
  default KvSequence open(TokenIds prompt, KvNamespace namespace) {
    return open(prompt, namespace, storage());
  }

  /** Likewise, among those that everybody may share. */
  default KvSequence open(TokenIds prompt) {
    return open(prompt, KvNamespace.EVERYBODY);
  }

  /**
   * A new empty sequence in the usual storage that neither takes from others nor leaves anything to
   * them.
   */
  KvSequence openUnshared();

  /**
   * An unshared sequence with room for {@code maxTokens} tokens, or nothing where that much is not
   * free.
   *
   * @throws IllegalArgumentException unless {@code maxTokens} is positive
   */
  default Optional<KvSequence> tryReserve(int maxTokens) {
    if (maxTokens < 1) {
      throw new IllegalArgumentException("a sequence of " + maxTokens + " tokens");
    }
    KvSequence sequence = openUnshared();
    if (sequence.tryGrow(maxTokens)) {
      return Optional.of(sequence);
    }
    sequence.close();
    return Optional.empty();
  }

  /**
   * Keeps what is cached of a prefix now, in whole blocks, until the pin is closed. All pins
   * together keep a bounded share of the cache; what is beyond it is not pinned. A pin gives way
   * where a sequence would not fit into the cache even if it were alone.
   */
  KvPin pin(TokenIds prefix, KvNamespace namespace, KvStorage storage);

  /** Likewise, in the cache's usual storage. */
  default KvPin pin(TokenIds prefix, KvNamespace namespace) {
    return pin(prefix, namespace, storage());
  }

  /**
   * From now on keeps what has to leave memory in a file, also what is in memory when the cache is
   * closed, and finds there what earlier caches of the same model left. Where the file cannot be
   * used, a warning is logged and nothing is kept. To be called before the first sequence.
   *
   * @param model names the weights: the same only where they are the same
   */
  void keepIn(CacheDirectory directory, String model);

  /**
   * Tells that a step is over, also one in which nothing was computed: as much may be read from the
   * file again as one may wait for.
   */
  void stepOver();

  /**
   * Whether its sequences can take tokens back ({@link KvSequence#truncate}); what a recurrent
   * model keeps of a text cannot.
   */
  default boolean canTakeBack() {
    return true;
  }

  /** The usual storage; figures in tokens count the bytes of others as tokens of this one. */
  KvStorage storage();

  /** What sequences can be opened with, the usual storage among them. */
  Set<KvStorage> storages();

  /** Tokens that all sequences together can hold, all in the usual storage. */
  default long capacityTokens() {
    return capacityTokens(storage());
  }

  /** Tokens that all sequences together can hold, all in one storage. */
  long capacityTokens(KvStorage storage);

  /** Tokens in blocks that open sequences hold; a block that several share counts once. */
  long usedTokens();

  /** Tokens that open sequences have set aside room for, beyond the blocks they hold. */
  long reservedTokens();

  /** Tokens in blocks that no open sequence holds and that are kept for reuse only. */
  long cachedTokens();

  /** What was asked of the cache so far. */
  KvCacheCounters counters();

  /**
   * Checks the books; takes time in proportion to what is cached.
   *
   * @throws IllegalStateException where they do not add up: a block with two owners, or lost
   */
  void checkIntegrity();

  /** Ends all sequences and frees the memory. */
  @Override
  void close();
}
