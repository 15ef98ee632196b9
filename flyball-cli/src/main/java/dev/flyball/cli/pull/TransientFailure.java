package dev.flyball.cli.pull;

import java.io.IOException;
import java.io.Serial;
import java.time.Duration;
import java.util.Optional;

/** A failure that may pass: the same request can work a little later. */
final class TransientFailure extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final transient Optional<Duration> retryAfter;

  TransientFailure(String message, Optional<Duration> retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  /** The pause that the server asked for. */
  Optional<Duration> retryAfter() {
    return retryAfter;
  }
}
