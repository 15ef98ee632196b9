package dev.flyball.engine.cache;

/** A prefix that is kept until this is closed. Used by the engine's thread only. */
public interface KvPin extends AutoCloseable {
  /** Tokens that are pinned; 0 once the pin had to give way. */
  int tokens();

  /** Lets go of the prefix. Idempotent. */
  @Override
  void close();
}
