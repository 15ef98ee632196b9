package dev.flyball.cli.load.measure;

import java.util.Map;

/**
 * What became of the requests of one class, or of all.
 *
 * @param arrived requests that were due, dropped ones included
 * @param dropped not sent, since too many were under way
 * @param answered have a whole answer
 * @param failures others, by {@code FailureKind} in lower case
 * @param failureExamples a message for each kind
 * @param retryAfter what refusals asked for
 * @param ttft from the intended arrival to the first output, of whole answers, as the next three
 * @param tpot (last output - first output) / (output tokens - 1), of answers of two tokens or more
 * @param itl between one output and the next, each
 * @param e2e from the intended arrival to the end
 */
public record ClassResult(
    String name,
    long arrived,
    long dropped,
    long answered,
    Map<String, Long> failures,
    Map<String, String> failureExamples,
    RetryAfter retryAfter,
    Quantiles ttft,
    Quantiles tpot,
    Quantiles itl,
    Quantiles e2e,
    Tokens tokens,
    Throughput throughput,
    Goodput goodput) {
  /** The name under which the requests of all classes are reported. */
  public static final String ALL = "all";

  public ClassResult {
    failures = Map.copyOf(failures);
    failureExamples = Map.copyOf(failureExamples);
  }

  /** Failures of all kinds. */
  public long failed() {
    return failures.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * {@code Retry-After} of refusals.
   *
   * @param count refusals that had one
   */
  public record RetryAfter(long count, double meanSeconds, long maxSeconds) {}

  /**
   * Tokens of whole answers.
   *
   * @param cached of the prompt tokens
   * @param withoutUsage answers whose tokens were not told: their outputs are counted for tokens,
   *     their prompts not at all
   */
  public record Tokens(long prompt, long cached, long output, long withoutUsage) {}

  /** Whole answers and their tokens a second, over the time measured. */
  public record Throughput(
      double requestsPerSecond, double outputTokensPerSecond, double totalTokensPerSecond) {}

  /**
   * Answers that met their goals.
   *
   * @param slo the goals
   * @param good whole answers that met all of them
   * @param share of all that arrived
   * @param requestsPerSecond good ones a second, over the time measured
   * @param missed whole answers that missed a goal, by goal
   */
  public record Goodput(
      String slo, long good, double share, double requestsPerSecond, Map<String, Long> missed) {
    public Goodput {
      missed = Map.copyOf(missed);
    }
  }
}
