package dev.flyball.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.engine.GenerationRequest;
import dev.flyball.server.generate.ChatPrompt;
import dev.flyball.server.generate.GenerationParams;
import dev.flyball.server.generate.RequestLimits;
import dev.flyball.server.json.JsonFields;

/**
 * A request to {@code /v1/chat/completions}.
 *
 * @param tools what the model may or must call
 * @param reasoning how much it may think
 */
record ChatRequest(
    AnswerOptions options,
    ChatPrompt prompt,
    GenerationParams params,
    ToolChoice tools,
    ReasoningWish reasoning) {

  static ChatRequest parse(JsonFields fields, RequestLimits limits) {
    UnsupportedFields.refuse(fields);
    refuseModalities(fields);
    ToolChoice tools = ToolFields.parse(fields);
    GenerationParams params = params(fields);
    refuseSecondForm(fields, tools, params);
    return new ChatRequest(
        AnswerOptions.parse(fields, limits.maxChoices()),
        ChatMessages.parse(fields),
        params,
        tools,
        ReasoningWish.parse(fields));
  }

  private static GenerationParams params(JsonFields fields) {
    GenerationFields generation = new GenerationFields(fields);
    boolean logprobs = fields.flag("logprobs", false);
    int topLogprobs =
        fields.integer("top_logprobs", 0, GenerationRequest.MAX_TOP_LOGPROBS).orElse(0);
    if (topLogprobs > 0 && !logprobs) {
      throw fields.invalid("top_logprobs", "needs logprobs to be true");
    }
    return new GenerationParams(
        generation.sampling(),
        generation.maxTokens("max_completion_tokens", "max_tokens"),
        generation.stop(),
        fields.flag("ignore_eos", false),
        logprobs,
        topLogprobs,
        GrammarFields.grammar(fields));
  }

  private static void refuseSecondForm(
      JsonFields fields, ToolChoice tools, GenerationParams params) {
    if (tools.forced() && (params.grammar().isPresent() || params.ignoreEos())) {
      throw fields.invalid(
          "tool_choice", "forces a call, which cannot be combined with another form or ignore_eos");
    }
  }

  private static void refuseModalities(JsonFields fields) {
    for (JsonNode modality : fields.array("modalities")) {
      if (!JsonFields.text(modality, fields.path("modalities")).equals("text")) {
        throw fields.unsupported("modalities", "can only be text");
      }
    }
  }
}
