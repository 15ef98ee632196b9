package dev.flyball.units;

/**
 * Tokens that one request used.
 *
 * @param prompt tokens of the prompt, cached ones included
 * @param cached tokens of the prompt whose keys and values were already in memory
 * @param output tokens generated, the ending one included
 */
public record TokenUsage(int prompt, int cached, int output) {
  public TokenUsage {
    if (prompt < 0 || cached < 0 || output < 0 || cached > prompt) {
      throw new IllegalArgumentException(
          "token counts must satisfy 0 <= cached <= prompt and output >= 0: prompt "
              + prompt
              + ", cached "
              + cached
              + ", output "
              + output);
    }
  }

  public int total() {
    return prompt + output;
  }

  /** The sum of both, for answers of several choices. */
  public TokenUsage plus(TokenUsage other) {
    return new TokenUsage(prompt + other.prompt, cached + other.cached, output + other.output);
  }
}
