package dev.flyball.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.console.JsonOutput;
import dev.flyball.cli.generate.ConversationPrompt;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.template.ChatTemplates;
import dev.flyball.engine.template.Conversation;
import dev.flyball.engine.template.TemplateOptions;
import dev.flyball.engine.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code flyball template}. */
@Command(
    name = "template",
    description = {
      "Renders a conversation by a chat template, with --json as {\"text\": ...}.",
      "A template's refusal is exit status 1, with its message.",
      "The conversation is a list of messages, or an object with messages and, where wanted, tools,"
          + " add_generation_prompt (default: true) and any further variables of the template,"
          + " such as enable_thinking or bos_token."
    })
final class TemplateCommand implements Runnable {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(DeserializationFeature.USE_LONG_FOR_INTS);

  private final CommandContext context;

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "A template (.jinja), or a model whose template is taken")
  private String source = "";

  @Parameters(
      index = "1",
      paramLabel = "CONVERSATION.json",
      description = "The conversation; -: standard input")
  private String conversation = "";

  @Option(
      names = "--now",
      paramLabel = "TIME",
      converter = TemplateTime.Converter.class,
      description = "The time that the template sees, e.g. \"2026-11-21 09:30\" (default: now)")
  private @Nullable TemplateTime now;

  @Option(names = "--json", description = "As one JSON object")
  private boolean json;

  TemplateCommand(CommandContext context) {
    this.context = context;
  }

  /**
   * A template's text and what it knows of its model.
   *
   * @param specialTokens texts of special tokens by variable name
   */
  private record Source(String template, Map<String, String> specialTokens) {}

  @Override
  public void run() {
    Source read = source.endsWith(".jinja") ? jinja(Path.of(source)) : ofModel();
    String text =
        ChatTemplates.compile(read.template(), options())
            .render(readConversation().variables(read.specialTokens()));
    if (json) {
      JsonOutput.printLine(context.out(), Map.of("text", text));
    } else {
      context.out().println(text);
    }
  }

  private TemplateOptions options() {
    TemplateOptions defaults = TemplateOptions.defaults();
    TemplateTime time = now;
    return time == null ? defaults : defaults.withTime(time::instant, time.zone());
  }

  private static Source jinja(Path file) {
    return new Source(readText(file), Map.of());
  }

  private Source ofModel() {
    Path path = new ModelFiles(context).resolve(source);
    try (GgufFile file = GgufFile.open(path)) {
      String template =
          file.metadata()
              .findString("tokenizer.chat_template")
              .orElseThrow(() -> new CommandFailure(path + " has no chat template"));
      return new Source(
          template, ConversationPrompt.specialTokens(Tokenizers.from(file.metadata())));
    }
  }

  private Conversation readConversation() {
    String text =
        conversation.equals("-") ? TextArgument.readAll(context) : readText(Path.of(conversation));
    try {
      JsonNode tree = MAPPER.readTree(text);
      JsonNode object = tree.isArray() ? MAPPER.createObjectNode().set("messages", tree) : tree;
      if (!object.isObject()) {
        throw new CommandFailure(conversation + " holds neither a list of messages nor an object");
      }
      return Conversation.fromJson(
          MAPPER.convertValue(object, new TypeReference<Map<String, Object>>() {}));
    } catch (JsonProcessingException malformed) {
      throw new CommandFailure(
          conversation
              + " is no JSON: line "
              + malformed.getLocation().getLineNr()
              + ", column "
              + malformed.getLocation().getColumnNr(),
          malformed);
    }
  }

  private static String readText(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException missing) {
      throw new CommandFailure("there is no file " + file, missing);
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot read " + file + ": " + failure, failure);
    }
  }
}
