package dev.flyball.cli.load.measure;

import dev.flyball.cli.load.client.Answer;
import dev.flyball.cli.load.client.Failure;
import dev.flyball.cli.load.client.TokenCounts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Counts the requests of one class. Thread-safe. */
final class ClassStatistics {
  private final String name;
  private final String slo;
  private final Latencies ttft = new Latencies();
  private final Latencies tpot = new Latencies();
  private final Latencies itl = new Latencies();
  private final Latencies e2e = new Latencies();
  private final Map<String, Long> failures = new LinkedHashMap<>();
  private final Map<String, String> failureExamples = new LinkedHashMap<>();
  private final Map<String, Long> missed = new LinkedHashMap<>();
  private long arrived;
  private long dropped;
  private long answered;
  private long good;
  private long retryAfterCount;
  private long retryAfterSum;
  private long retryAfterMax;
  private long promptTokens;
  private long cachedTokens;
  private long outputTokens;
  private long withoutUsage;

  ClassStatistics(String name, String slo) {
    this.name = name;
    this.slo = slo;
  }

  synchronized void arrived() {
    arrived++;
  }

  synchronized void dropped() {
    dropped++;
  }

  void gap(long nanos) {
    itl.record(nanos);
  }

  synchronized void failed(Failure failure) {
    String kind = failure.kind().name().toLowerCase(Locale.ROOT);
    failures.merge(kind, 1L, Long::sum);
    failureExamples.putIfAbsent(kind, failure.message());
    failure
        .retryAfterSeconds()
        .ifPresent(
            seconds -> {
              retryAfterCount++;
              retryAfterSum += seconds;
              retryAfterMax = Math.max(retryAfterMax, seconds);
            });
  }

  /** Counts a whole answer with the goals it missed. */
  synchronized void answered(AnswerTimes times, Answer answer, List<String> missedGoals) {
    answered++;
    ttft.record(times.ttftNanos());
    e2e.record(times.e2eNanos());
    if (answer.outputTokens() > 1) {
      tpot.record(times.tpotNanos());
    }
    missedGoals.forEach(goal -> missed.merge(goal, 1L, Long::sum));
    good += missedGoals.isEmpty() ? 1 : 0;
    outputTokens += answer.outputTokens();
    Optional<TokenCounts> usage = answer.usage();
    promptTokens += usage.map(TokenCounts::prompt).orElse(0L);
    cachedTokens += usage.map(TokenCounts::cached).orElse(0L);
    withoutUsage += usage.isPresent() ? 0 : 1;
  }

  /**
   * What was counted.
   *
   * @param seconds of the time measured
   */
  synchronized ClassResult result(double seconds) {
    return new ClassResult(
        name,
        arrived,
        dropped,
        answered,
        failures,
        failureExamples,
        new ClassResult.RetryAfter(
            retryAfterCount,
            retryAfterCount == 0 ? 0 : (double) retryAfterSum / retryAfterCount,
            retryAfterMax),
        ttft.quantiles(),
        tpot.quantiles(),
        itl.quantiles(),
        e2e.quantiles(),
        new ClassResult.Tokens(promptTokens, cachedTokens, outputTokens, withoutUsage),
        new ClassResult.Throughput(
            perSecond(answered, seconds),
            perSecond(outputTokens, seconds),
            perSecond(promptTokens + outputTokens, seconds)),
        new ClassResult.Goodput(
            slo,
            good,
            arrived == 0 ? 0 : Rounding.threeDecimals((double) good / arrived),
            perSecond(good, seconds),
            missed));
  }

  private static double perSecond(long count, double seconds) {
    return seconds <= 0 ? 0 : Rounding.threeDecimals(count / seconds);
  }
}
