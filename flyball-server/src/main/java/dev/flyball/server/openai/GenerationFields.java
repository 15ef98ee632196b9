package dev.flyball.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.engine.GenerationRequest;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.models.KeepAlive;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the fields that chat and completions have in common. */
final class GenerationFields {
  private static final double MAX_TEMPERATURE = 2;
  private static final double MAX_PENALTY = 2;
  private static final double MAX_REPETITION_PENALTY = 10;
  private static final double MAX_BIAS = 100;
  private static final int MAX_BIASES = 1024;
  private static final int MAX_STOP_CHARS = 1000;

  /** A {@code top_p} of 0 means the most probable token only; so does this. */
  private static final double SMALLEST_TOP_P = 1e-9;

  private final JsonFields fields;

  GenerationFields(JsonFields fields) {
    this.fields = fields;
  }

  SamplingParams sampling() {
    return new SamplingParams(
        fields.number("temperature", 0, MAX_TEMPERATURE).orElse(1),
        topK(),
        Math.max(fields.number("top_p", 0, 1).orElse(1), SMALLEST_TOP_P),
        fields.number("min_p", 0, 1).orElse(0),
        repetitionPenalty(),
        fields.number("frequency_penalty", -MAX_PENALTY, MAX_PENALTY).orElse(0),
        fields.number("presence_penalty", -MAX_PENALTY, MAX_PENALTY).orElse(0),
        logitBias(),
        fields.longInteger("seed"));
  }

  List<String> stop() {
    Optional<JsonNode> stop = fields.node("stop");
    if (stop.isEmpty()) {
      return List.of();
    }
    String path = fields.path("stop");
    if (stop.get().isTextual()) {
      return List.of(stopString(stop.get(), path));
    }
    List<JsonNode> elements = JsonFields.elements(stop.get(), path, "a string or an array");
    if (elements.size() > GenerationRequest.MAX_STOPS) {
      throw fields.invalid("stop", "may have at most " + GenerationRequest.MAX_STOPS + " strings");
    }
    List<String> strings = new ArrayList<>();
    for (JsonNode element : elements) {
      strings.add(stopString(element, path + "[" + strings.size() + "]"));
    }
    return strings;
  }

  /** The first of some fields that is there: limits have had several names. */
  OptionalInt maxTokens(String... names) {
    for (String name : names) {
      OptionalInt value = fields.integer(name, 1, Integer.MAX_VALUE);
      if (value.isPresent()) {
        return value;
      }
    }
    return OptionalInt.empty();
  }

  int choices(int max) {
    return fields.integer("n", 1, max).orElse(1);
  }

  boolean includeUsage(boolean stream) {
    Optional<JsonFields> options = fields.object("stream_options");
    if (options.isPresent() && !stream) {
      throw fields.invalid("stream_options", "needs stream to be true");
    }
    return options.isPresent() && options.get().flag("include_usage", false);
  }

  Optional<KeepAlive> keepAlive() {
    return fields.node("keep_alive").map(this::keepAlive);
  }

  private KeepAlive keepAlive(JsonNode node) {
    String path = fields.path("keep_alive");
    try {
      return KeepAlive.parse(
          node.isNumber() ? Long.toString(node.longValue()) : JsonFields.text(node, path));
    } catch (IllegalArgumentException e) {
      throw fields.invalid("keep_alive", "cannot be read: " + e.getMessage());
    }
  }

  /** vLLM writes -1, llama.cpp 0 for all tokens. */
  private int topK() {
    return Math.max(fields.integer("top_k", -1, Integer.MAX_VALUE).orElse(0), 0);
  }

  /** vLLM and Hugging Face write {@code repetition_penalty}, llama.cpp {@code repeat_penalty}. */
  private double repetitionPenalty() {
    String name = fields.has("repetition_penalty") ? "repetition_penalty" : "repeat_penalty";
    double penalty = fields.number(name, 0, MAX_REPETITION_PENALTY).orElse(1);
    if (penalty == 0) {
      throw fields.invalid(name, "must be above 0");
    }
    return penalty;
  }

  private Map<Integer, Double> logitBias() {
    Optional<JsonFields> biases = fields.object("logit_bias");
    if (biases.isEmpty()) {
      return Map.of();
    }
    List<String> tokens = biases.get().names();
    if (tokens.size() > MAX_BIASES) {
      throw fields.invalid("logit_bias", "may have at most " + MAX_BIASES + " tokens");
    }
    Map<Integer, Double> bias = new HashMap<>();
    for (String token : tokens) {
      biases
          .get()
          .number(token, -MAX_BIAS, MAX_BIAS)
          .ifPresent(value -> bias.put(tokenId(token), value));
    }
    return bias;
  }

  private int tokenId(String token) {
    try {
      int id = Integer.parseInt(token);
      if (id >= 0) {
        return id;
      }
    } catch (NumberFormatException e) {
      // answered below, as a negative number is
    }
    throw fields.invalid("logit_bias", "must have token ids as its keys");
  }

  private static String stopString(JsonNode node, String path) {
    String text = JsonFields.text(node, path);
    if (text.isEmpty() || text.length() > MAX_STOP_CHARS) {
      throw ServerException.ofField(
          ServerError.INVALID_VALUE,
          path,
          path + " must have 1 to " + MAX_STOP_CHARS + " characters");
    }
    return text;
  }
}
