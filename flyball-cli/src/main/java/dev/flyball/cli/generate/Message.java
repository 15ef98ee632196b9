package dev.flyball.cli.generate;

import java.util.Map;

/**
 * A turn of a conversation.
 *
 * @param role {@code system}, {@code user} or {@code assistant}
 */
public record Message(String role, String content) {
  /** As chat templates and files have it. */
  public Map<String, Object> json() {
    return Map.of("role", role, "content", content);
  }
}
