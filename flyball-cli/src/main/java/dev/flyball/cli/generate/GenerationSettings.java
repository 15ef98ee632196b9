package dev.flyball.cli.generate;

import dev.flyball.engine.GenerationRequest;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.units.TokenIds;
import java.util.List;
import java.util.OptionalLong;

/**
 * Everything of a request but its prompt.
 *
 * @param maxTokens most tokens to generate
 * @param stop texts before which it ends
 */
public record GenerationSettings(
    SamplingParams sampling, int maxTokens, List<String> stop, boolean ignoreEos) {
  /** The names that {@link #with} knows. */
  public static final List<String> NAMES =
      List.of(
          "temperature",
          "top_k",
          "top_p",
          "min_p",
          "repetition_penalty",
          "frequency_penalty",
          "presence_penalty",
          "seed",
          "max_tokens");

  public GenerationSettings {
    stop = List.copyOf(stop);
    if (maxTokens < 1) {
      throw new IllegalArgumentException("max_tokens must be at least 1");
    }
  }

  /** A request for a prompt. */
  public GenerationRequest request(String id, TokenIds prompt) {
    return new GenerationRequest(id, prompt, sampling, maxTokens, stop, ignoreEos, false, 0);
  }

  /**
   * The settings with one changed.
   *
   * @param name one of {@link #NAMES}
   * @throws IllegalArgumentException where the name or the value is none
   */
  public GenerationSettings with(String name, String value) {
    if (name.equals("max_tokens")) {
      return new GenerationSettings(sampling, Integer.parseInt(value), stop, ignoreEos);
    }
    return new GenerationSettings(sampling(name, value), maxTokens, stop, ignoreEos);
  }

  private SamplingParams sampling(String name, String value) {
    SamplingParams s = sampling;
    return new SamplingParams(
        name.equals("temperature") ? Double.parseDouble(value) : s.temperature(),
        name.equals("top_k") ? Integer.parseInt(value) : s.topK(),
        name.equals("top_p") ? Double.parseDouble(value) : s.topP(),
        name.equals("min_p") ? Double.parseDouble(value) : s.minP(),
        name.equals("repetition_penalty") ? Double.parseDouble(value) : s.repetitionPenalty(),
        name.equals("frequency_penalty") ? Double.parseDouble(value) : s.frequencyPenalty(),
        name.equals("presence_penalty") ? Double.parseDouble(value) : s.presencePenalty(),
        s.logitBias(),
        name.equals("seed") ? OptionalLong.of(Long.parseLong(value)) : s.seed());
  }
}
