package dev.flyball.cli.bench;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;

/** What a test gave, in llama-bench's terms. Immutable. */
public final class SpeedResult {
  private final ModelRun run;
  private final SpeedTest test;
  private final Instant time;
  private final long[] samplesNanos;
  private final OptionalDouble limit;

  /**
   * A result.
   *
   * @param time when the tests began
   * @param samplesNanos time of each repetition
   * @param limit the most tokens a second that the machine can reach, where it was measured
   */
  SpeedResult(
      ModelRun run, SpeedTest test, Instant time, long[] samplesNanos, OptionalDouble limit) {
    this.run = run;
    this.test = test;
    this.time = time;
    this.samplesNanos = samplesNanos.clone();
    this.limit = limit;
  }

  ModelRun run() {
    return run;
  }

  SpeedTest test() {
    return test;
  }

  /** Mean of the repetitions' tokens a second. */
  double meanTokensPerSecond() {
    return Samples.mean(tokensPerSecond());
  }

  /** Sample standard deviation of the repetitions' tokens a second; 0 for a single one. */
  double deviationTokensPerSecond() {
    return Samples.deviation(tokensPerSecond());
  }

  /** The most tokens a second that the machine can reach, where it was measured. */
  OptionalDouble limit() {
    return limit;
  }

  /** The median of the repetitions' tokens a second as a share of the limit. */
  double limitShare() {
    return Samples.median(tokensPerSecond()) / limit.orElseThrow();
  }

  /** Every field of llama-bench's JSON that has a meaning here, and those of docs/cli.md. */
  Map<String, Object> fields() {
    double[] nanos = Arrays.stream(samplesNanos).asDoubleStream().toArray();
    Map<String, Object> fields = new LinkedHashMap<>(run.fields());
    fields.put("n_prompt", test.promptTokens());
    fields.put("n_gen", test.generatedTokens());
    fields.put("n_depth", test.depth());
    fields.put("n_parallel", test.sequences());
    fields.put("test", test.label());
    fields.put("test_time", time.truncatedTo(ChronoUnit.SECONDS).toString());
    fields.put("avg_ns", Math.round(Samples.mean(nanos)));
    fields.put("stddev_ns", Math.round(Samples.deviation(nanos)));
    fields.put("avg_ts", meanTokensPerSecond());
    fields.put("stddev_ts", deviationTokensPerSecond());
    fields.put("median_ts", Samples.median(tokensPerSecond()));
    if (limit.isPresent()) {
      fields.put("limit", limit.getAsDouble());
      fields.put("limit_share", limitShare());
    }
    fields.put("samples_ns", samplesNanos.clone());
    fields.put("samples_ts", tokensPerSecond());
    return fields;
  }

  private double[] tokensPerSecond() {
    return Arrays.stream(samplesNanos).mapToDouble(nanos -> test.tokens() * 1e9 / nanos).toArray();
  }
}
