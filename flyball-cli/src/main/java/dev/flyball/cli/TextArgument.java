package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Text that comes from the command line, or from standard input where that says {@code -}. */
final class TextArgument {
  private static final int MAX_BYTES = 64 << 20;

  private TextArgument() {}

  static String resolve(CommandContext context, String argument) {
    return argument.equals("-") ? readAll(context) : argument;
  }

  /** All of standard input, read as UTF-8. */
  static String readAll(CommandContext context) {
    try {
      byte[] bytes = context.in().readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new CommandFailure("the text on standard input is longer than 64 MiB");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException("standard input cannot be read: " + failure, failure);
    }
  }
}
