package dev.flyball.server.openai;

import dev.flyball.engine.GenerationRequest;
import dev.flyball.server.generate.GenerationParams;
import dev.flyball.server.generate.RequestLimits;
import dev.flyball.server.json.JsonFields;
import java.util.List;
import java.util.OptionalInt;

/**
 * A request to {@code /v1/completions}.
 *
 * @param echo put the prompt in front of each answer
 */
record CompletionRequest(
    AnswerOptions options, List<TextInput> prompts, GenerationParams params, boolean echo) {

  /** What the OpenAI API gives where no number is named. */
  private static final int DEFAULT_MAX_TOKENS = 16;

  static CompletionRequest parse(JsonFields fields, RequestLimits limits) {
    UnsupportedFields.refuse(fields);
    UnsupportedFields.refuse(fields, List.of("max_reasoning_tokens", "reasoning"));
    AnswerOptions options = AnswerOptions.parse(fields, limits.maxChoices());
    List<TextInput> prompts = TextInput.parse(fields, "prompt", limits.maxChoices());
    if (prompts.size() * options.choices() > limits.maxChoices()) {
      throw fields.invalid(
          "n", "times the number of prompts may be at most " + limits.maxChoices());
    }
    refuseBestOf(fields, options.choices());
    GenerationParams params = params(fields);
    boolean echo = fields.flag("echo", false);
    if (echo && params.logprobs()) {
      throw fields.unsupported("echo", "cannot be combined with logprobs yet");
    }
    return new CompletionRequest(options, prompts, params, echo);
  }

  private static GenerationParams params(JsonFields fields) {
    GenerationFields generation = new GenerationFields(fields);
    OptionalInt logprobs = fields.integer("logprobs", 0, GenerationRequest.MAX_TOP_LOGPROBS);
    OptionalInt maxTokens = generation.maxTokens("max_tokens", "max_completion_tokens");
    return new GenerationParams(
        generation.sampling(),
        OptionalInt.of(maxTokens.orElse(DEFAULT_MAX_TOKENS)),
        generation.stop(),
        fields.flag("ignore_eos", false),
        logprobs.isPresent(),
        logprobs.orElse(0),
        GrammarFields.grammar(fields));
  }

  /**
   * Ranking more answers than are given back is not done; as many as are given needs no ranking.
   */
  private static void refuseBestOf(JsonFields fields, int choices) {
    int bestOf = fields.integer("best_of", 0, Integer.MAX_VALUE).orElse(choices);
    if (bestOf > choices) {
      throw fields.unsupported("best_of", "above n is not supported");
    }
  }
}
