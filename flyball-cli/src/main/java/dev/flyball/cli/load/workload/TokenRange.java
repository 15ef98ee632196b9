package dev.flyball.cli.load.workload;

import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers of tokens, each as probable as any other; both ends included. */
record TokenRange(int low, int high) {
  static final int MAX_TOKENS = 10_000_000;
  private static final Pattern TEXT = Pattern.compile("(\\d{1,8})(?:-(\\d{1,8}))?");

  /**
   * Reads {@code 50-300} or {@code 50}.
   *
   * @throws IllegalArgumentException where it is neither
   */
  static TokenRange parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "a number of tokens is written 50 or 50-300, not '" + text + "'");
    }
    int low = Integer.parseInt(matcher.group(1));
    int high = matcher.group(2) == null ? low : Integer.parseInt(matcher.group(2));
    if (low < 1 || high < low || high > MAX_TOKENS) {
      throw new IllegalArgumentException(
          "tokens must be 1 to %d, the smaller number first, not '%s'".formatted(MAX_TOKENS, text));
    }
    return new TokenRange(low, high);
  }

  int draw(RandomGenerator random) {
    return random.nextInt(low, high + 1);
  }

  @Override
  public String toString() {
    return low == high ? Integer.toString(low) : low + "-" + high;
  }
}
