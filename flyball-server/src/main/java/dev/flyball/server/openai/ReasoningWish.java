package dev.flyball.server.openai;

import dev.flyball.server.json.JsonFields;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How much a request wants the model to think: OpenAI's {@code reasoning_effort}, {@code
 * max_reasoning_tokens}, OpenRouter's {@code reasoning}, vLLM's {@code thinking_token_budget} and
 * llama.cpp's {@code thinking_budget_tokens}.
 *
 * @param effort one of {@link #EFFORTS}
 * @param maxTokens most tokens of thought; nothing: as the effort has it
 */
record ReasoningWish(Optional<String> effort, OptionalInt maxTokens) {
  private static final String NONE = "none";
  private static final List<String> EFFORTS =
      List.of(NONE, "minimal", "low", "medium", "high", "xhigh", "max");

  /** The fields of a budget; -1 asks for none. */
  private static final List<String> BUDGETS =
      List.of("max_reasoning_tokens", "thinking_token_budget", "thinking_budget_tokens");

  static ReasoningWish parse(JsonFields fields) {
    Optional<JsonFields> reasoning = fields.object("reasoning");
    Optional<String> effort = effort(fields, "reasoning_effort");
    if (effort.isEmpty()) {
      effort = reasoning.flatMap(nested -> effort(nested, "effort"));
    }
    OptionalInt maxTokens = OptionalInt.empty();
    for (String name : BUDGETS) {
      maxTokens = maxTokens.isPresent() ? maxTokens : budget(fields, name);
    }
    if (maxTokens.isEmpty() && reasoning.isPresent()) {
      maxTokens = budget(reasoning.get(), "max_tokens");
    }
    return new ReasoningWish(effort, maxTokens);
  }

  private static Optional<String> effort(JsonFields fields, String name) {
    Optional<String> effort = fields.string(name);
    if (effort.isPresent() && !EFFORTS.contains(effort.get())) {
      throw fields.invalid(name, "must be one of " + String.join(", ", EFFORTS));
    }
    return effort;
  }

  private static OptionalInt budget(JsonFields fields, String name) {
    OptionalInt budget = fields.integer(name, -1, Integer.MAX_VALUE);
    return budget.isPresent() && budget.getAsInt() < 0 ? OptionalInt.empty() : budget;
  }

  /** Whether no thought at all is wanted. */
  boolean isOff() {
    return maxTokens.isPresent()
        ? maxTokens.getAsInt() == 0
        : effort.filter(NONE::equals).isPresent();
  }

  /** The effort, where it asks for thought. */
  Optional<String> effortToThink() {
    return effort.filter(wanted -> !wanted.equals(NONE));
  }

  /**
   * Most tokens of thought; nothing: any number. An effort is a budget only where the model's
   * template knows no efforts.
   *
   * @param knowsEffort whether the template does
   */
  OptionalInt budget(boolean knowsEffort) {
    if (maxTokens.isPresent() || effort.isEmpty()) {
      return maxTokens;
    }
    int tokens =
        switch (effort.get()) {
          case NONE -> 0;
          case "minimal" -> 256;
          case "low" -> 1024;
          case "medium" -> 4096;
          default -> Integer.MAX_VALUE;
        };
    boolean unlimited = tokens == Integer.MAX_VALUE || (knowsEffort && tokens > 0);
    return unlimited ? OptionalInt.empty() : OptionalInt.of(tokens);
  }
}
