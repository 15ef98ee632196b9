package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.engine.EngineFactory;
import dev.flyball.engine.LocalEngines;
import dev.flyball.kernels.simd.InstructionSet;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;

/** The {@code flyball} command: nothing but its subcommands. */
@Command(
    name = "flyball",
    description = "Runs and serves large language models in the JVM.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = BuildVersion.class,
    sortOptions = false,
    usageHelpAutoWidth = true)
public final class FlyballCommand {
  private FlyballCommand() {}

  /** The whole command line over the given world. */
  public static CommandLine commandLine(CommandContext context) {
    CommandLine commandLine = new CommandLine(new FlyballCommand());
    for (Object command : commands(context)) {
      commandLine.addSubcommand(command);
    }
    commandLine.addSubcommand(new GenerateCompletion());
    return commandLine
        .setOut(writer(context.out()))
        .setErr(writer(context.err()))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionStrategy(parsed -> executeWhereLevelIsKnown(parsed, context))
        .setParameterExceptionHandler(new UsageErrorHandler())
        .setExecutionExceptionHandler(new FailureHandler(context));
  }

  /** A level of generated code that there is not is refused, rather than met in mid-work. */
  private static int executeWhereLevelIsKnown(ParseResult parsed, CommandContext context) {
    Optional<String> forced = context.variable(InstructionSet.VARIABLE);
    if (forced.isPresent()) {
      try {
        var _ = InstructionSet.choose(InstructionSet.supported(), forced);
      } catch (IllegalArgumentException unknown) {
        throw new ParameterException(parsed.commandSpec().commandLine(), unknown.getMessage());
      }
    }
    boolean bare =
        !parsed.hasSubcommand()
            && !parsed.isUsageHelpRequested()
            && !parsed.isVersionHelpRequested();
    if (bare) {
      CommandLine commandLine = parsed.commandSpec().commandLine();
      commandLine.usage(commandLine.getErr());
      return parsed.commandSpec().exitCodeOnInvalidInput();
    }
    return new RunLast().execute(parsed);
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, stream.charset());
  }

  private static List<Object> commands(CommandContext context) {
    EngineFactory engines = new LocalEngines();
    return List.of(
        new RunCommand(context, engines),
        new ChatCommand(context, engines),
        new ServeCommand(context, engines),
        new PullCommand(context),
        new ListCommand(context),
        new PsCommand(context),
        new RmCommand(context),
        new InspectCommand(context, engines),
        new BenchCommand(context),
        new LoadCommand(context),
        new SynthCommand(context),
        new QuantizeCommand(context),
        new ImportanceCommand(context),
        new CalibrateCommand(context),
        new PerplexityCommand(context),
        new TokenizeCommand(context),
        new TemplateCommand(context),
        new LogitsCommand(context));
  }
}
