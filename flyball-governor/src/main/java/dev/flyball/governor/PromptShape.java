package dev.flyball.governor;

import dev.flyball.units.ServiceTerms;
import java.util.Optional;
import java.util.Set;

/**
 * What is known of a request before it runs.
 *
 * @param promptTokens tokens of all its prompts
 * @param cachedTokens of these, tokens whose keys and values are known to be in memory
 * @param choices answers asked for, of all prompts
 * @param expected how long each answer is expected to be
 * @param terms for whom it is, how urgent, and how fast it is to come
 * @param run the agent's task that it belongs to
 * @param needs what it needs besides text
 */
public record PromptShape(
    int promptTokens,
    int cachedTokens,
    int choices,
    ExpectedOutput expected,
    ServiceTerms terms,
    Optional<String> run,
    Set<Need> needs) {

  public PromptShape {
    if (promptTokens < 1 || cachedTokens < 0 || cachedTokens > promptTokens || choices < 1) {
      throw new IllegalArgumentException(
          "a shape must satisfy 0 <= cached <= prompt, and have a prompt and a choice: prompt %d, cached %d, choices %d"
              .formatted(promptTokens, cachedTokens, choices));
    }
    needs = Set.copyOf(needs);
  }
}
