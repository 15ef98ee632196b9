package dev.flyball.cli.load.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * Tokens of a request, as the server's {@code usage} has them.
 *
 * @param cached those of the prompt that were not computed again
 */
public record TokenCounts(long prompt, long cached, long output) {
  /** Reads {@code usage}; nothing where it is absent or null. */
  static Optional<TokenCounts> of(JsonNode usage) {
    if (!usage.path("prompt_tokens").isNumber()) {
      return Optional.empty();
    }
    return Optional.of(
        new TokenCounts(
            usage.path("prompt_tokens").asLong(),
            usage.path("prompt_tokens_details").path("cached_tokens").asLong(),
            usage.path("completion_tokens").asLong()));
  }
}
