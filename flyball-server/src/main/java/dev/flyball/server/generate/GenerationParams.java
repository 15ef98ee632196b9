package dev.flyball.server.generate;

import dev.flyball.engine.GenerationRequest;
import dev.flyball.engine.grammar.Grammar;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.units.ServiceTerms;
import dev.flyball.units.TokenIds;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How every choice of a request is to be generated.
 *
 * @param sampling how tokens are chosen
 * @param maxTokens most tokens of a choice; nothing: as many as the context has room for
 * @param stop strings that end a choice
 * @param ignoreEos generate on past end-of-generation tokens
 * @param logprobs whether log-probabilities are wanted
 * @param topLogprobs alternatives at each position
 * @param grammar what the text of each choice must follow
 */
public record GenerationParams(
    SamplingParams sampling,
    OptionalInt maxTokens,
    List<String> stop,
    boolean ignoreEos,
    boolean logprobs,
    int topLogprobs,
    Optional<Grammar> grammar) {

  public GenerationParams {
    stop = List.copyOf(stop);
  }

  /**
   * The engine's request for one choice. Choices of one request with a seed get seeds that follow
   * each other, so that they differ and can be had again.
   *
   * @param requestId names the request in logs
   * @param choice the choice's index
   * @param contextLength the engine's
   * @param terms for whom it is, and how urgent
   */
  public GenerationRequest toRequest(
      String requestId, TokenIds prompt, int choice, int contextLength, ServiceTerms terms) {
    return new GenerationRequest(
            requestId + "-" + choice,
            prompt,
            withSeed(choice),
            maxTokens.orElse(contextLength),
            stop,
            ignoreEos,
            logprobs,
            topLogprobs)
        .withGrammar(grammar)
        .withTerms(terms);
  }

  private SamplingParams withSeed(int choice) {
    if (choice == 0 || sampling.seed().isEmpty()) {
      return sampling;
    }
    return new SamplingParams(
        sampling.temperature(),
        sampling.topK(),
        sampling.topP(),
        sampling.minP(),
        sampling.repetitionPenalty(),
        sampling.frequencyPenalty(),
        sampling.presencePenalty(),
        sampling.logitBias(),
        OptionalLong.of(sampling.seed().getAsLong() + choice));
  }
}
