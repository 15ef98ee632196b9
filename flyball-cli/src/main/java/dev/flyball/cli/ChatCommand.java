package dev.flyball.cli;

import dev.flyball.cli.chat.ChatSession;
import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.generate.EngineLoadOptions;
import dev.flyball.cli.generate.SamplingOptions;
import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.impl.DumbTerminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flyball chat}. */
@Command(
    name = "chat",
    description = {
      "Talks with a model. /help there shows its commands.",
      "Ctrl-C stops an answer, Ctrl-D ends the chat."
    })
final class ChatCommand implements Runnable {
  private final CommandContext context;
  private final EngineFactory engines;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = ModelFiles.PARAMETER_HELP + " (default: ${DEFAULT-VALUE})")
  private String model = DemoModel.NAME;

  @Option(names = "--system", paramLabel = "TEXT", description = "What the model is told first")
  private String system = "";

  @Mixin private SamplingOptions sampling = new SamplingOptions();
  @Mixin private EngineLoadOptions loading = new EngineLoadOptions();

  ChatCommand(CommandContext context, EngineFactory engines) {
    this.context = context;
    this.engines = engines;
  }

  @Override
  public void run() {
    Path history = FlyballHome.of(context).chatHistory();
    try (Engine engine =
            engines.load(new ModelFiles(context).resolve(model), loading.forOneUser(context));
        Terminal terminal = terminal()) {
      Files.createDirectories(history.toAbsolutePath().getParent());
      terminal.writer().println(engine.info().name() + ". /help shows commands, Ctrl-D ends.");
      if (model.equals(DemoModel.NAME)) {
        terminal.writer().println("(The demo model: " + DemoModel.DESCRIPTION + ".)");
      }
      new ChatSession(engine, terminal, sampling.settings(), system, history).run();
    } catch (IOException failure) {
      throw new UncheckedIOException("the terminal cannot be used: " + failure, failure);
    }
  }

  /** The terminal of the person who types, or a plain one over redirected input. */
  private Terminal terminal() throws IOException {
    return context.inIsTerminal()
        ? TerminalBuilder.builder().name("flyball").system(true).dumb(true).build()
        : new DumbTerminal(
            "flyball", Terminal.TYPE_DUMB, context.in(), context.out(), StandardCharsets.UTF_8);
  }
}
