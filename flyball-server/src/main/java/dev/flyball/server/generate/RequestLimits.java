package dev.flyball.server.generate;

/**
 * What one request may ask of a model.
 *
 * @param maxChoices answers to one request: {@code n} times the number of prompts
 * @param maxInputs texts of one embeddings request
 */
public record RequestLimits(int maxChoices, int maxInputs) {
  public static final RequestLimits DEFAULT = new RequestLimits(16, 256);

  public RequestLimits {
    if (maxChoices < 1 || maxInputs < 1) {
      throw new IllegalArgumentException("at least 1 choice and 1 input must be allowed");
    }
  }
}
