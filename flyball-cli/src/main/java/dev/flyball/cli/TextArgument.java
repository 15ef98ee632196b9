package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.engine.evaluate.TextWindows;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalInt;

/** Text that comes from the command line, or from standard input where that says {@code -}. */
final class TextArgument {
  private static final int MAX_BYTES = 64 << 20;

  private TextArgument() {}

  static String resolve(CommandContext context, String argument) {
    return argument.equals("-") ? readAll(context) : argument;
  }

  /** The text of a file in UTF-8, or of standard input. */
  static String ofFile(CommandContext context, String file) {
    if (file.equals("-")) {
      return readAll(context);
    }
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return read(in, file);
    } catch (NoSuchFileException e) {
      throw new CommandFailure("there is no file " + file, e);
    } catch (IOException failure) {
      throw new UncheckedIOException(file + ": cannot be read: " + failure, failure);
    }
  }

  /** All of standard input, read as UTF-8. */
  static String readAll(CommandContext context) {
    try {
      return read(context.in(), "the text on standard input");
    } catch (IOException failure) {
      throw new UncheckedIOException("standard input cannot be read: " + failure, failure);
    }
  }

  /**
   * A text cut into windows as llama-perplexity and llama-imatrix cut it: each begins with BOS
   * where the vocabulary begins texts so.
   *
   * @throws IllegalArgumentException where the text does not fill one
   */
  static TextWindows windows(Tokenizer tokenizer, String text, int windowTokens, int maxWindows) {
    TokenIds ids = tokenizer.encode(text, true, false);
    TokenIds none = tokenizer.encode("", true, false);
    boolean beginsWithBos =
        tokenizer.bos().isPresent() && !none.isEmpty() && none.get(0) == tokenizer.bos().getAsInt();
    return TextWindows.of(
        ids, beginsWithBos ? tokenizer.bos() : OptionalInt.empty(), windowTokens, maxWindows);
  }

  private static String read(InputStream in, String what) throws IOException {
    byte[] bytes = in.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new CommandFailure(what + " is longer than 64 MiB");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
