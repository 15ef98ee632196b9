package dev.flyball.cli.console;

import java.io.Serial;
import java.util.function.Supplier;

/** A value on the command line that cannot be; the message is the one line that is shown. */
public final class UsageFailure extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  public UsageFailure(String message) {
    super(message);
  }

  private UsageFailure(IllegalArgumentException cause) {
    super(cause.getMessage(), cause);
  }

  /**
   * Makes a value of what the user gave.
   *
   * @throws UsageFailure where that throws an IllegalArgumentException, with its message
   */
  public static <T> T checked(Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException wrong) {
      throw new UsageFailure(wrong);
    }
  }
}
