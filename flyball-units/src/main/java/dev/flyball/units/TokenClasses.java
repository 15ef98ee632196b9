package dev.flyball.units;

/**
 * The tokens of one request by what they were.
 *
 * @param prompt tokens of the prompt, cached ones included
 * @param cached tokens of the prompt whose keys and values were already in memory
 * @param output tokens generated, the ending ones and those of thoughts included
 * @param reasoning tokens of the output that were thoughts
 */
public record TokenClasses(int prompt, int cached, int output, int reasoning) {
  /** Of a request that used none. */
  public static final TokenClasses NONE = new TokenClasses(0, 0, 0, 0);

  public TokenClasses {
    if (cached < 0 || cached > prompt || reasoning < 0 || reasoning > output) {
      throw new IllegalArgumentException(
          "token counts must satisfy 0 <= cached <= prompt and 0 <= reasoning <= output: prompt %d, cached %d, output %d, reasoning %d"
              .formatted(prompt, cached, output, reasoning));
    }
  }

  /** The classes of what an engine counted. */
  public static TokenClasses of(TokenUsage usage) {
    return new TokenClasses(usage.prompt(), usage.cached(), usage.output(), usage.reasoning());
  }

  public int total() {
    return prompt + output;
  }
}
