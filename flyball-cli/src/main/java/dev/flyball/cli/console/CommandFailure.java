package dev.flyball.cli.console;

import java.io.Serial;

/** Why a command could not do what it was asked; the message is the one line that is shown. */
public final class CommandFailure extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public CommandFailure(String message) {
    super(message);
  }

  public CommandFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
