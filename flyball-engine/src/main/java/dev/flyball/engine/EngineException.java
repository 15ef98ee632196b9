package dev.flyball.engine;

import java.io.Serial;

/**
 * What nobody expected of the engine, with a code that callers can switch on and a message for
 * people.
 */
public final class EngineException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final EngineError error;

  public EngineException(EngineError error, String message) {
    super(message);
    this.error = error;
  }

  public EngineException(EngineError error, String message, Throwable cause) {
    super(message, cause);
    this.error = error;
  }

  public EngineError error() {
    return error;
  }
}
