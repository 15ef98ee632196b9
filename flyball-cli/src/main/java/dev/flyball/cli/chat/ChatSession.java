package dev.flyball.cli.chat;

import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.generate.ConversationPrompt;
import dev.flyball.cli.generate.GenerationSettings;
import dev.flyball.cli.generate.StreamedGeneration;
import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.FinishReason;
import dev.flyball.engine.GenerationResult;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.units.TokenIds;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;

/** A conversation with a model at a terminal. Used by one thread. */
public final class ChatSession {
  private static final String HELP =
      """
      /clear            forget the conversation
      /system TEXT      what the model is told first; without TEXT: nothing
      /set [NAME VALUE] show or change settings: %s
      /save FILE        write the conversation
      /load FILE        go on with a saved one
      /exit             end (also Ctrl-D)
      A message over several lines stands between lines of three quotes (\"""), or its lines end with
      a backslash. Ctrl-C stops an answer. A message that begins with / is written with //."""
          .formatted(String.join(", ", GenerationSettings.NAMES));

  /** Share of the context that is kept free for the answer. */
  private static final int ANSWER_SHARE = 4;

  private final Engine engine;
  private final ConversationPrompt prompt;
  private final Terminal terminal;
  private final ChatReader reader;
  private final Transcript transcript;
  private GenerationSettings settings;

  /**
   * A new conversation.
   *
   * @param system what the model is told first; may be empty
   * @param historyFile where typed lines are remembered
   * @throws CommandFailure where the model knows no conversations
   */
  public ChatSession(
      Engine engine,
      Terminal terminal,
      GenerationSettings settings,
      String system,
      Path historyFile) {
    this.engine = engine;
    this.prompt = new ConversationPrompt(engine);
    this.terminal = terminal;
    this.reader = new ChatReader(terminal, historyFile);
    this.transcript = new Transcript(system);
    this.settings = settings;
  }

  /** Talks until the person ends it. */
  public void run() {
    while (true) {
      switch (reader.read()) {
        case ChatReader.Reading.Ended ended -> {
          return;
        }
        case ChatReader.Reading.Interrupted interrupted -> say("Ctrl-D or /exit ends the chat.");
        case ChatReader.Reading.Text text -> {
          ChatInput input = ChatInput.parse(text.text());
          if (input instanceof ChatInput.Exit) {
            return;
          }
          attempt(input);
        }
      }
    }
  }

  /** Failures are told and the conversation goes on. */
  private void attempt(ChatInput input) {
    try {
      handle(input);
    } catch (CommandFailure | EngineException | UncheckedIOException failure) {
      say("! " + failure.getMessage());
    } catch (IllegalArgumentException wrongSetting) {
      say("! that is no valid value: " + wrongSetting.getMessage());
    }
  }

  private void handle(ChatInput input) {
    switch (input) {
      case ChatInput.Empty nothing -> {}
      case ChatInput.Say message -> answer(message.text());
      case ChatInput.Help help -> say(HELP);
      case ChatInput.Clear clear -> {
        transcript.clear();
        say("The conversation is forgotten.");
      }
      case ChatInput.TellFirst first -> transcript.tellFirst(first.text());
      case ChatInput.ShowSettings show -> say(describeSettings());
      case ChatInput.Set set -> change(set);
      case ChatInput.Save save -> {
        transcript.save(save.file());
        say("Saved as " + save.file() + ".");
      }
      case ChatInput.Load load -> {
        transcript.load(load.file());
        say(transcript.size() + " messages loaded.");
      }
      case ChatInput.Exit exit -> {}
      case ChatInput.Misunderstood wrong -> say("! " + wrong.problem());
    }
  }

  private void change(ChatInput.Set set) {
    if (!GenerationSettings.NAMES.contains(set.name())) {
      throw new CommandFailure(
          "there is no setting " + set.name() + ", only " + GenerationSettings.NAMES);
    }
    settings = settings.with(set.name(), set.value());
  }

  private void answer(String message) {
    transcript.add("user", message);
    StringBuilder said = new StringBuilder();
    try {
      GenerationResult result = stream(fittingPrompt(), said);
      transcript.add("assistant", said.toString());
      if (result.reason() == FinishReason.LENGTH) {
        say("(cut at the limit of tokens)");
      } else if (result.reason() == FinishReason.CANCELLED) {
        say("(stopped)");
      }
    } catch (CommandFailure | EngineException failure) {
      transcript.removeLast();
      throw failure;
    }
  }

  private GenerationResult stream(TokenIds tokens, StringBuilder said) {
    PrintWriter out = terminal.writer();
    StreamedGeneration generation =
        StreamedGeneration.start(engine, settings.request("chat", tokens));
    SignalHandler before = terminal.handle(Signal.INT, signal -> generation.cancel());
    Attributes attributes = terminal.getAttributes();
    Attributes silent = new Attributes(attributes);
    silent.setLocalFlag(Attributes.LocalFlag.ECHO, false); // keys pressed now stay out of the text
    terminal.setAttributes(silent);
    try {
      GenerationResult result =
          generation.forEachText(
              text -> {
                said.append(text);
                out.print(text);
                out.flush();
              });
      out.println();
      return result;
    } finally {
      terminal.setAttributes(attributes);
      terminal.handle(Signal.INT, before);
    }
  }

  /** The prompt of as much of the conversation as the context has room for. */
  private TokenIds fittingPrompt() {
    int context = engine.info().contextLength();
    int room = context - Math.min(settings.maxTokens(), context / ANSWER_SHARE);
    TokenIds tokens = prompt.of(transcript.messagesWithout(0));
    int left = 0;
    while (tokens.size() > room && left + 2 < transcript.size()) {
      left += 2; // a question and its answer
      tokens = prompt.of(transcript.messagesWithout(left));
    }
    if (left > 0) {
      say("(the context is full: the oldest " + left + " messages are left out)");
    }
    return tokens;
  }

  private String describeSettings() {
    SamplingParams s = settings.sampling();
    return "temperature %s, top_k %d, top_p %s, min_p %s, repetition_penalty %s, frequency_penalty %s, presence_penalty %s, seed %s, max_tokens %s"
        .formatted(
            s.temperature(),
            s.topK(),
            s.topP(),
            s.minP(),
            s.repetitionPenalty(),
            s.frequencyPenalty(),
            s.presencePenalty(),
            s.seed().isPresent() ? Long.toString(s.seed().getAsLong()) : "new each time",
            settings.maxTokens() == Integer.MAX_VALUE
                ? "what the context has room for"
                : Integer.toString(settings.maxTokens()));
  }

  private void say(String line) {
    terminal.writer().println(line);
    terminal.writer().flush();
  }
}
