package dev.flyball.engine;

/** Why a generation ended. */
public enum FinishReason {
  /** An end-of-generation token or a stop string. */
  STOP,
  /** {@code maxTokens} or the end of the context. */
  LENGTH,
  /** {@link Generation#cancel()} or the engine's closing. */
  CANCELLED
}
