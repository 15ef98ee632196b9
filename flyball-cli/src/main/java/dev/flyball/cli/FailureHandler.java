package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.engine.EngineException;
import dev.flyball.server.error.ServerException;
import java.io.UncheckedIOException;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Turns what a command throws into one line on standard error and an exit status: 2 for a value on
 * the command line that cannot be, else 1.
 */
final class FailureHandler implements IExecutionExceptionHandler {
  private final CommandContext context;

  FailureHandler(CommandContext context) {
    this.context = context;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult parseResult) {
    context.err().println("flyball: " + describe(failure));
    if (context.debug()) {
      failure.printStackTrace(context.err());
    }
    return failure instanceof UsageFailure
        ? commandLine.getCommandSpec().exitCodeOnInvalidInput()
        : commandLine.getCommandSpec().exitCodeOnExecutionException();
  }

  private static String message(Exception failure) {
    return Objects.toString(failure.getMessage(), failure.toString());
  }

  private static String describe(Exception failure) {
    return switch (failure) {
      case CommandFailure expected -> message(expected);
      case UsageFailure usage -> message(usage);
      case ServerException server -> server.clientMessage();
      case EngineException engine -> message(engine);
      case UncheckedIOException io -> message(io);
      default ->
          "a fault of flyball itself: "
              + failure
              + "; FLYBALL_DEBUG=1 shows where, please report it";
    };
  }
}
