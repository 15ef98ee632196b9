package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a command did when it was run in this process. */
record CommandLineRun(int status, String out, String err) {
  static final Path DEMO_MODEL =
      Path.of(System.getProperty("flyball.root"), "models", "fable-5m-q8_0.gguf");

  /** Runs a command with a data folder of its own, further variables and an input. */
  static CommandLineRun of(
      Path home, Map<String, String> variables, String input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Map<String, String> environment =
        Stream.concat(
                Map.of("FLYBALL_HOME", home.toString()).entrySet().stream(),
                variables.entrySet().stream())
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    CommandContext context =
        new CommandContext(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            environment,
            false,
            false,
            InstantSource.system());
    int status = FlyballCommand.commandLine(context).execute(arguments);
    return new CommandLineRun(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  static CommandLineRun of(Path home, String... arguments) {
    return of(home, Map.of(), "", arguments);
  }
}
