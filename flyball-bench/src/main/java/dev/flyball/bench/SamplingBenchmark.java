package dev.flyball.bench;

import dev.flyball.engine.sample.Candidates;
import dev.flyball.engine.sample.Sampler;
import dev.flyball.engine.sample.SamplingParams;
import dev.flyball.units.TokenIds;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Time to choose one token of a vocabulary of 151,936.
 *
 * <pre>{@code
 * ./mvnw -pl flyball-bench -am package -DskipTests
 * java -cp 'flyball-bench/target/classes:flyball-bench/target/lib/*' org.openjdk.jmh.Main SamplingBenchmark
 * }</pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SamplingBenchmark {
  private static final int VOCABULARY = 151_936;

  /** What is asked of the sampler. */
  public enum Setting {
    GREEDY,
    PLAIN,
    MIN_P,
    TOP_K,
    TOP_P,
    /** So hot that a nucleus has most of the vocabulary. */
    TOP_P_HOT,
    TOP_K_PENALISED
  }

  @Param public Setting setting = Setting.GREEDY;

  private float[] row = new float[0];

  // JMH calls prepare() before any benchmark.
  @SuppressWarnings("NullAway.Init")
  private Sampler sampler;

  /** Makes a row of logits as models have them: a few stand out. */
  @Setup
  public void prepare() {
    SplittableRandom random = new SplittableRandom(1);
    row = new float[VOCABULARY];
    for (int id = 0; id < VOCABULARY; id++) {
      row[id] = (float) random.nextGaussian() * 2.5f + (random.nextInt(5000) == 0 ? 12 : 0);
    }
    sampler = new Sampler(params(), 7, TokenIds.of(1, 2, 3), new Candidates(VOCABULARY));
  }

  private SamplingParams params() {
    return switch (setting) {
      case GREEDY -> SamplingParams.GREEDY;
      case PLAIN -> params(1, 0, 0, 1);
      case MIN_P -> params(1, 0, 0.05, 1);
      case TOP_K -> params(1, 40, 0, 1);
      case TOP_P -> params(1, 0, 0, 0.95);
      case TOP_P_HOT -> new SamplingParams(5, 0, 0.95, 0, 1, 0, 0, Map.of(), OptionalLong.empty());
      case TOP_K_PENALISED -> params(1.1, 40, 0, 0.95);
    };
  }

  private static SamplingParams params(double repetition, int topK, double minP, double topP) {
    return new SamplingParams(
        0.8, topK, topP, minP, repetition, 0, 0, Map.of(), OptionalLong.empty());
  }

  /** One token. */
  @Benchmark
  public int next() {
    return sampler.next(row, 0);
  }
}
