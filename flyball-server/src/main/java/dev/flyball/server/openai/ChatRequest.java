package dev.flyball.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.engine.GenerationRequest;
import dev.flyball.server.generate.ChatPrompt;
import dev.flyball.server.generate.GenerationParams;
import dev.flyball.server.generate.RequestLimits;
import dev.flyball.server.json.JsonFields;
import java.util.HashSet;
import java.util.Set;

/**
 * A request to {@code /v1/chat/completions}.
 *
 * @param toolNames the functions that the model may call
 */
record ChatRequest(
    AnswerOptions options, ChatPrompt prompt, GenerationParams params, Set<String> toolNames) {

  static ChatRequest parse(JsonFields fields, RequestLimits limits) {
    UnsupportedFields.refuse(fields);
    refuseToolChoice(fields);
    refuseModalities(fields);
    return new ChatRequest(
        AnswerOptions.parse(fields, limits.maxChoices()),
        ChatMessages.parse(fields),
        params(fields),
        toolNames(fields));
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

  /** None with a {@code tool_choice} of none: then calls are content. */
  private static Set<String> toolNames(JsonFields fields) {
    if (fields.string("tool_choice").filter("none"::equals).isPresent()) {
      return Set.of();
    }
    Set<String> names = new HashSet<>();
    for (JsonNode tool : fields.array("tools")) {
      names.add(tool.path("function").path("name").textValue());
    }
    return names;
  }

  private static void refuseToolChoice(JsonFields fields) {
    fields
        .node("tool_choice")
        .filter(choice -> !isFree(choice))
        .ifPresent(
            choice -> {
              throw fields.unsupported(
                  "tool_choice", "can only be none or auto so far: a call cannot be forced yet");
            });
  }

  private static boolean isFree(JsonNode choice) {
    return choice.isTextual()
        && (choice.textValue().equals("none") || choice.textValue().equals("auto"));
  }

  private static void refuseModalities(JsonFields fields) {
    for (JsonNode modality : fields.array("modalities")) {
      if (!JsonFields.text(modality, fields.path("modalities")).equals("text")) {
        throw fields.unsupported("modalities", "can only be text");
      }
    }
  }
}
