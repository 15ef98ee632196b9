package dev.flyball.engine;

/** An accepted request. Thread-safe. */
public interface Generation {
  /**
   * Stops it before its next token; it ends with {@link FinishReason#CANCELLED}. No effect once it
   * has ended.
   */
  void cancel();
}
