package dev.flyball.engine;

import java.time.Duration;

/** The engine's answer to a request: taken, or not and why. */
public sealed interface Submission {
  /** The request is queued or running. */
  record Accepted(Generation generation) implements Submission {}

  /** Too many requests wait; try again after a while. */
  record QueueFull(int waiting, Duration retryAfter) implements Submission {}

  /**
   * The first token would come later than the request's TTFT target allows.
   *
   * @param timeToFirstToken as it is predicted now
   * @param retryAfter when it may be soon enough
   */
  record TooLate(Duration timeToFirstToken, Duration retryAfter) implements Submission {}

  /** The prompt leaves no room for a single token. */
  record ContextLengthExceeded(int promptTokens, int contextLength) implements Submission {}

  /** The model does not generate: see {@link ModelInfo#uses()}. */
  record NotGenerative() implements Submission {}

  /** The request asks for an adapter that is not loaded, or not any more. */
  record UnknownAdapter(String name) implements Submission {}

  /** A prompt token or a biased token is not in the vocabulary. */
  record UnknownToken(int token, int vocabularySize) implements Submission {}
}
