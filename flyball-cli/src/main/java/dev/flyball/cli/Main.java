package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;

/** The process's entry, reached through {@code dev.flyball.launch.Launch}. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    LogFormat.useOneLinePerRecord();
    int status = FlyballCommand.commandLine(CommandContext.ofProcess()).execute(arguments);
    System.exit(status);
  }
}
