package dev.flyball.cli.bench;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a test gave, in llama-bench's terms. Immutable. */
public final class SpeedResult {
  private final BenchedModel model;
  private final SpeedTest test;
  private final Instant time;
  private final long[] samplesNanos;

  /**
   * A result.
   *
   * @param time when the test began
   * @param samplesNanos time of each repetition
   */
  public SpeedResult(BenchedModel model, SpeedTest test, Instant time, long[] samplesNanos) {
    this.model = model;
    this.test = test;
    this.time = time;
    this.samplesNanos = samplesNanos.clone();
  }

  public BenchedModel model() {
    return model;
  }

  public SpeedTest test() {
    return test;
  }

  /** Mean of the repetitions' tokens a second. */
  public double meanTokensPerSecond() {
    return mean(tokensPerSecond());
  }

  /** Sample standard deviation of the repetitions' tokens a second; 0 for a single one. */
  public double deviationTokensPerSecond() {
    return deviation(tokensPerSecond());
  }

  /** Every field of llama-bench's JSON that has a meaning here, and {@code model}, {@code type}. */
  public Map<String, Object> fields() {
    double[] nanos = Arrays.stream(samplesNanos).asDoubleStream().toArray();
    Map<String, Object> fields = new LinkedHashMap<>(model.fields());
    fields.put("n_prompt", test.promptTokens());
    fields.put("n_gen", test.generatedTokens());
    fields.put("n_depth", test.depth());
    fields.put("test", test.label());
    fields.put("test_time", time.truncatedTo(ChronoUnit.SECONDS).toString());
    fields.put("avg_ns", Math.round(mean(nanos)));
    fields.put("stddev_ns", Math.round(deviation(nanos)));
    fields.put("avg_ts", meanTokensPerSecond());
    fields.put("stddev_ts", deviationTokensPerSecond());
    fields.put("samples_ns", samplesNanos.clone());
    fields.put("samples_ts", tokensPerSecond());
    return fields;
  }

  private double[] tokensPerSecond() {
    return Arrays.stream(samplesNanos).mapToDouble(nanos -> test.tokens() * 1e9 / nanos).toArray();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }

  private static double deviation(double[] values) {
    if (values.length < 2) {
      return 0;
    }
    double mean = mean(values);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.length - 1));
  }
}
