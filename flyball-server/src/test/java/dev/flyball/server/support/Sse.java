package dev.flyball.server.support;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The events of a stream.
 *
 * @param events the data of each as JSON
 * @param done whether {@code [DONE]} came last
 */
public record Sse(List<JsonNode> events, boolean done) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads a whole stream; fails on whatever is no event with one line of data. */
  public static Sse parse(String text) {
    List<JsonNode> events = new ArrayList<>();
    boolean done = false;
    for (String block : text.split("\n\n", -1)) {
      if (block.isEmpty()) {
        continue;
      }
      if (done || !block.startsWith("data: ") || block.indexOf('\n') >= 0) {
        throw new IllegalArgumentException("no event: " + block);
      }
      String data = block.substring("data: ".length());
      if (data.equals("[DONE]")) {
        done = true;
      } else {
        events.add(read(data));
      }
    }
    return new Sse(events, done);
  }

  private static JsonNode read(String data) {
    try {
      return JSON.readTree(data);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The texts found at a path of all events, one after another. */
  public String join(String pointer) {
    StringBuilder text = new StringBuilder();
    events.forEach(event -> text.append(event.at(pointer).asText("")));
    return text.toString();
  }
}
