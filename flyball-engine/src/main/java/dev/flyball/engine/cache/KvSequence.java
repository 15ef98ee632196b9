package dev.flyball.engine.cache;

/** The keys and values of one sequence. Used by the engine's thread only. */
public interface KvSequence extends AutoCloseable {
  /** Number of tokens appended so far, those of the batch under way included. */
  int length();

  /**
   * Makes room for one more token and gives its position.
   *
   * @throws IllegalStateException beyond the tokens reserved
   */
  int append();

  /** Gives the memory back. Idempotent. */
  @Override
  void close();
}
