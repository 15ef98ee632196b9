package dev.flyball.cli.chat;

import java.nio.file.Path;
import java.util.Locale;

/** What a person typed: a message, or a /command. */
sealed interface ChatInput {
  /** Nothing but spaces. */
  record Empty() implements ChatInput {}

  /** Words for the model. */
  record Say(String text) implements ChatInput {}

  record Help() implements ChatInput {}

  /** Forget the conversation. */
  record Clear() implements ChatInput {}

  /** What the model is told first; empty: nothing any more. */
  record TellFirst(String text) implements ChatInput {}

  record ShowSettings() implements ChatInput {}

  record Set(String name, String value) implements ChatInput {}

  record Save(Path file) implements ChatInput {}

  record Load(Path file) implements ChatInput {}

  record Exit() implements ChatInput {}

  /** A /command that there is not, or not so. */
  record Misunderstood(String problem) implements ChatInput {}

  /** Reads what was typed. A message that begins with a slash is written with two. */
  static ChatInput parse(String typed) {
    String text = typed.strip();
    if (text.isEmpty()) {
      return new Empty();
    }
    if (!text.startsWith("/") || text.startsWith("//")) {
      return new Say(text.startsWith("//") ? text.substring(1) : text);
    }
    String[] words = text.split("\\s+", 2);
    String rest = words.length == 2 ? words[1].strip() : "";
    return command(words[0].toLowerCase(Locale.ROOT), rest);
  }

  private static ChatInput command(String command, String rest) {
    return switch (command) {
      case "/help", "/?" -> new Help();
      case "/clear" -> new Clear();
      case "/system" -> new TellFirst(rest);
      case "/set" -> set(rest);
      case "/save" -> rest.isEmpty() ? needsFile(command) : new Save(Path.of(rest));
      case "/load" -> rest.isEmpty() ? needsFile(command) : new Load(Path.of(rest));
      case "/exit", "/quit", "/bye" -> new Exit();
      default -> new Misunderstood("there is no " + command + "; /help shows what there is");
    };
  }

  private static ChatInput set(String rest) {
    if (rest.isEmpty()) {
      return new ShowSettings();
    }
    String[] words = rest.split("[\\s=]+", 2);
    return words.length == 2
        ? new Set(words[0], words[1])
        : new Misunderstood("write /set NAME VALUE, for example /set temperature 0.7");
  }

  private static ChatInput needsFile(String command) {
    return new Misunderstood("write " + command + " FILE");
  }
}
