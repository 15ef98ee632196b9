package dev.flyball.cli.load.client;

import java.util.OptionalLong;

/**
 * How a request failed.
 *
 * @param message for people, shortened
 * @param retryAfterSeconds what the server asked for
 */
public record Failure(FailureKind kind, String message, OptionalLong retryAfterSeconds) {
  private static final int MAX_MESSAGE_CHARS = 300;

  public Failure {
    message =
        message.length() <= MAX_MESSAGE_CHARS
            ? message
            : message.substring(0, MAX_MESSAGE_CHARS) + "...";
  }

  static Failure of(FailureKind kind, String message) {
    return new Failure(kind, message, OptionalLong.empty());
  }
}
