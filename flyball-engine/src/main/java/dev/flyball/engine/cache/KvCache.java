package dev.flyball.engine.cache;

import java.util.Optional;

/**
 * The memory for keys and values of one model, shared by its sequences. Used by the engine's thread
 * only.
 */
public interface KvCache extends AutoCloseable {
  /**
   * A new empty sequence for which memory for {@code maxTokens} tokens is set aside, or nothing
   * where that much is not free.
   */
  Optional<KvSequence> tryReserve(int maxTokens);

  /** Tokens that all sequences together can hold. */
  long capacityTokens();

  /** Tokens set aside for open sequences. */
  long reservedTokens();

  /**
   * @throws IllegalStateException where the books do not add up: a block owned twice, or lost
   */
  void checkIntegrity();

  /** Frees the memory. */
  @Override
  void close();
}
