package dev.flyball.cli;

import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.console.UsageFailure;
import dev.flyball.cli.generate.ConversationPrompt;
import dev.flyball.cli.generate.EngineLoadOptions;
import dev.flyball.cli.generate.Message;
import dev.flyball.cli.generate.SamplingOptions;
import dev.flyball.cli.generate.StreamedGeneration;
import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineFactory;
import dev.flyball.engine.GenerationResult;
import dev.flyball.engine.StepTrace;
import dev.flyball.engine.vision.EncodedImage;
import dev.flyball.engine.vision.ImageEncoder;
import dev.flyball.engine.vision.ImagePrompt;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flyball run}. */
@Command(
    name = "run",
    description = {
      "Answers one prompt and ends.",
      "Without a prompt, or where it is -, the prompt is read from standard input."
    })
final class RunCommand implements Runnable {
  private final CommandContext context;
  private final EngineFactory engines;

  @Parameters(index = "0", paramLabel = "MODEL", description = ModelFiles.PARAMETER_HELP)
  private String model = "";

  @Parameters(index = "1..*", paramLabel = "PROMPT", description = "Words are joined by spaces")
  private List<String> words = new ArrayList<>();

  @Option(names = "--system", paramLabel = "TEXT", description = "What the model is told first")
  private String system = "";

  @Option(
      names = "--raw",
      description = "Continue the prompt as it stands, without the model's chat template")
  private boolean raw;

  @Option(
      names = "--image",
      paramLabel = "FILE",
      description = "A picture that stands before the prompt: PNG, JPEG, GIF or BMP; repeatable")
  private List<Path> images = new ArrayList<>();

  @Option(
      names = {"-v", "--verbose"},
      description = "Say at the end how many tokens it took and how long")
  private boolean verbose;

  @Mixin private SamplingOptions sampling = new SamplingOptions();
  @Mixin private EngineLoadOptions loading = new EngineLoadOptions();

  RunCommand(CommandContext context, EngineFactory engines) {
    this.context = context;
    this.engines = engines;
  }

  @Override
  public void run() {
    String text = prompt();
    try (Engine engine =
        engines.load(new ModelFiles(context).resolve(model), loading.forOneUser(context))) {
      ImagePrompt prompt = prompt(engine, text);
      if (prompt.tokens().isEmpty()) {
        throw new CommandFailure("the prompt is empty");
      }
      StreamedGeneration generation =
          StreamedGeneration.start(
              engine, sampling.settings().request("run", prompt.tokens()).withImages(prompt));
      GenerationResult result = generation.forEachText(this::print);
      context.out().println();
      if (verbose) {
        context.err().println(describe(result));
      }
    }
  }

  private String prompt() {
    if (!words.isEmpty() && !words.equals(List.of("-"))) {
      return String.join(" ", words);
    }
    return TextArgument.readAll(context).stripTrailing();
  }

  private ImagePrompt prompt(Engine engine, String text) {
    if (images.isEmpty()) {
      return new ImagePrompt(tokens(engine, text), List.of());
    }
    if (raw) {
      throw new UsageFailure("--image needs the chat template, which --raw leaves out");
    }
    ImageEncoder encoder =
        engine
            .images()
            .orElseThrow(
                () ->
                    new CommandFailure(
                        engine.info().name()
                            + " takes no images: it has no projector (--mmproj FILE)"));
    List<EncodedImage> encoded = new ArrayList<>();
    for (Path image : images) {
      ImageEncoder.Encoding encoding = encoder.encode(read(image));
      encoded.add(encoding.image());
      if (verbose) {
        context
            .err()
            .printf(
                Locale.ROOT,
                "%s: %d tokens in %.2f s%n",
                image,
                encoding.image().tokens(),
                encoding.time().toNanos() / 1e9);
      }
    }
    return encoder.place(tokens(engine, text), encoded);
  }

  private static byte[] read(Path image) {
    try {
      return Files.readAllBytes(image);
    } catch (IOException e) {
      throw new CommandFailure("cannot read " + image + ": " + e, e);
    }
  }

  private TokenIds tokens(Engine engine, String text) {
    if (raw) {
      return engine.tokenizer().encode(text, true, true);
    }
    List<Message> messages = new ArrayList<>();
    if (!system.isEmpty()) {
      messages.add(new Message("system", system));
    }
    messages.add(new Message("user", text, images.size()));
    return new ConversationPrompt(engine).of(messages);
  }

  private void print(String text) {
    context.out().print(text);
    context.out().flush();
  }

  private static String describe(GenerationResult result) {
    double decodeSeconds = result.decodeTime().toNanos() / 1e9;
    return String.format(
        Locale.ROOT,
        "%d prompt tokens in %.2f s, %d answer tokens in %.2f s (%s)%s",
        result.usage().prompt(),
        result.prefillTime().toNanos() / 1e9,
        result.usage().output(),
        decodeSeconds,
        result.reason().name().toLowerCase(Locale.ROOT),
        guesses(result.trace()));
  }

  private static String guesses(StepTrace trace) {
    return trace.draftedTokens() == 0
        ? ""
        : ", %d of %d tokens guessed ahead were right"
            .formatted(trace.acceptedTokens(), trace.draftedTokens());
  }
}
