package dev.flyball.cli.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.generate.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What was said, and what the model is told first. Used by one thread. */
final class Transcript {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final List<Message> turns = new ArrayList<>();
  private String system;

  Transcript(String system) {
    this.system = system;
  }

  void tellFirst(String text) {
    system = text;
  }

  void add(String role, String content) {
    turns.add(new Message(role, content));
  }

  /** Takes the last turn back. */
  void removeLast() {
    turns.removeLast();
  }

  void clear() {
    turns.clear();
  }

  int size() {
    return turns.size();
  }

  /** The conversation without its oldest turns. */
  List<Message> messagesWithout(int oldestTurns) {
    List<Message> messages = new ArrayList<>();
    if (!system.isEmpty()) {
      messages.add(new Message("system", system));
    }
    messages.addAll(turns.subList(oldestTurns, turns.size()));
    return messages;
  }

  /** Writes {@code {"messages": [...]}}, which {@code flyball template} reads, too. */
  void save(Path file) {
    List<Map<String, Object>> messages = messagesWithout(0).stream().map(Message::json).toList();
    try {
      Files.write(
          file,
          MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(Map.of("messages", messages)));
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot write " + file + ": " + failure, failure);
    }
  }

  /** Takes the place of this conversation by a saved one, or leaves it as it is where it fails. */
  void load(Path file) {
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : read(file).path("messages")) {
      if (!message.path("role").isTextual() || !message.path("content").isTextual()) {
        throw new CommandFailure(file + " has a message without role or content");
      }
      messages.add(new Message(message.path("role").asText(), message.path("content").asText()));
    }
    if (messages.isEmpty()) {
      throw new CommandFailure(file + " has no messages");
    }
    boolean hasSystem = messages.getFirst().role().equals("system");
    system = hasSystem ? messages.getFirst().content() : "";
    turns.clear();
    turns.addAll(hasSystem ? messages.subList(1, messages.size()) : messages);
  }

  private static JsonNode read(Path file) {
    try {
      return MAPPER.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException malformed) {
      throw new CommandFailure(file + " is no conversation: " + malformed.getOriginalMessage());
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot read " + file + ": " + failure, failure);
    }
  }
}
