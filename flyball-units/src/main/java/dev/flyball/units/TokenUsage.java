package dev.flyball.units;

/**
 * Tokens that one request used.
 *
 * @param prompt tokens of the prompt, cached ones included
 * @param cached tokens of the prompt whose keys and values were already in memory
 * @param output tokens generated, the ending one included
 * @param reasoning tokens of the output that were thought
 */
public record TokenUsage(int prompt, int cached, int output, int reasoning) {
  public TokenUsage {
    boolean counts = prompt >= 0 && cached >= 0 && output >= 0 && reasoning >= 0;
    if (!counts || cached > prompt || reasoning > output) {
      throw new IllegalArgumentException(
          "token counts must satisfy 0 <= cached <= prompt and 0 <= reasoning <= output: prompt "
              + prompt
              + ", cached "
              + cached
              + ", output "
              + output
              + ", reasoning "
              + reasoning);
    }
  }

  /** Tokens of a request that did not think. */
  public TokenUsage(int prompt, int cached, int output) {
    this(prompt, cached, output, 0);
  }

  public int total() {
    return prompt + output;
  }

  /** The sum of both, for answers of several choices. */
  public TokenUsage plus(TokenUsage other) {
    return new TokenUsage(
        prompt + other.prompt,
        cached + other.cached,
        output + other.output,
        reasoning + other.reasoning);
  }
}
