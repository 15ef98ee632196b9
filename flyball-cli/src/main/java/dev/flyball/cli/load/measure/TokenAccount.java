package dev.flyball.cli.load.measure;

/**
 * The tokens that the client saw in {@code usage} beside what the server's counters grew by.
 *
 * @param checked whether the server has such counters
 * @param requestsWithoutUsage requests whose tokens the client does not know, failed ones included:
 *     where there are any, the server may have counted more
 * @param exact both sides agree
 */
public record TokenAccount(
    boolean checked,
    long clientPromptTokens,
    long serverPromptTokens,
    long clientOutputTokens,
    long serverOutputTokens,
    long requestsWithoutUsage,
    boolean exact) {
  /** For a server without counters. */
  public static TokenAccount unchecked(long promptTokens, long outputTokens, long withoutUsage) {
    return new TokenAccount(false, promptTokens, 0, outputTokens, 0, withoutUsage, false);
  }
}
