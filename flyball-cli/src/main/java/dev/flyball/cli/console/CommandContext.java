package dev.flyball.cli.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * The world as a command sees it; tests give it another one.
 *
 * @param in standard input
 * @param out standard output: results only
 * @param err standard error: progress and messages
 * @param variables environment variables
 * @param inIsTerminal whether a person types the input
 * @param errIsTerminal whether a person watches the messages
 * @param clock what time it is
 */
public record CommandContext(
    InputStream in,
    PrintStream out,
    PrintStream err,
    Map<String, String> variables,
    boolean inIsTerminal,
    boolean errIsTerminal,
    InstantSource clock) {

  private static final int DEFAULT_COLUMNS = 80;

  public CommandContext {
    variables = Map.copyOf(variables);
  }

  /** This process's own streams and environment. */
  public static CommandContext ofProcess() {
    return new CommandContext(
        System.in,
        utf8(FileDescriptor.out),
        utf8(FileDescriptor.err),
        System.getenv(),
        StandardStream.IN.isTerminal(),
        StandardStream.ERR.isTerminal(),
        InstantSource.system());
  }

  /** Models speak UTF-8, whatever the locale is. */
  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }

  /** The value of an environment variable that is set and not empty. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }

  /** Columns of the terminal, as far as the environment tells. */
  public int columns() {
    return variable("COLUMNS")
        .filter(text -> text.matches("[1-9][0-9]{0,3}"))
        .map(Integer::parseInt)
        .orElse(DEFAULT_COLUMNS);
  }

  /** Whether failures are to show where in the program they happened. */
  public boolean debug() {
    return variable("FLYBALL_DEBUG").isPresent();
  }
}
