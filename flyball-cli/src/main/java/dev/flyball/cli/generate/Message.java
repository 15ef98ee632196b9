package dev.flyball.cli.generate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A turn of a conversation.
 *
 * @param role {@code system}, {@code user} or {@code assistant}
 * @param images that stand before its text
 */
public record Message(String role, String content, int images) {
  /** One without images. */
  public Message(String role, String content) {
    this(role, content, 0);
  }

  /** As chat templates and files have it: the content as a text, or as parts. */
  public Map<String, Object> json() {
    if (images == 0) {
      return Map.of("role", role, "content", content);
    }
    List<Map<String, String>> parts =
        new ArrayList<>(Collections.nCopies(images, Map.of("type", "image")));
    parts.add(Map.of("type", "text", "text", content));
    return Map.of("role", role, "content", parts);
  }
}
