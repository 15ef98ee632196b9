package dev.flyball.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.units.TokenIds;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final TokenIds NO_PROMPT = TokenIds.empty();

  @Test
  void agreesWithThePlainTwinForRandomLogitsAndParameters() {
    long seed = 20261121L;
    System.out.println("SamplerTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 400; round++) {
      int vocabulary = 1 + random.nextInt(round % 10 == 0 ? 3000 : 60);
      SamplingParams params = randomParams(random, vocabulary);
      TokenIds prompt = TokenIds.of(random.ints(20, 0, vocabulary).toArray());
      long requestSeed = random.nextLong();
      Sampler sampler = new Sampler(params, requestSeed, prompt, new Candidates(vocabulary));
      SlowSampler twin = new SlowSampler(params, prompt);
      SplitMix64 units = new SplitMix64(requestSeed);
      for (int position = 0; position < 12; position++) {
        float[] row = randomRow(random, vocabulary + 2);
        float[] own = Arrays.copyOfRange(row, 1, vocabulary + 1);
        long noise = params.temperature() == 0 ? 0 : units.nextLong();
        assertThat(sampler.next(row, 1))
            .as("round %d position %d of %s", round, position, params)
            .isEqualTo(twin.next(own, noise));
      }
    }
  }

  @Test
  void theLowestIdWinsAmongEqualLogitsWhenGreedy() {
    Sampler sampler = new Sampler(SamplingParams.GREEDY, 1, NO_PROMPT, new Candidates(5));
    assertThat(sampler.next(new float[] {1, 3, 2, 3, 3}, 0)).isEqualTo(1);
  }

  @Test
  void exactlyTopKOfEqualLogitsAreKept() {
    Candidates candidates = new Candidates(1000);
    float[] row = new float[1000];
    for (int k : new int[] {3, 700}) {
      Sampler sampler = new Sampler(sampling(1, k, 1), 7, NO_PROMPT, candidates);
      for (int i = 0; i < 2000; i++) {
        assertThat(sampler.next(row, 0)).isLessThan(k);
      }
    }
  }

  @Test
  void drawsFollowTheProbabilities() {
    int vocabulary = 12;
    int draws = 60_000;
    Random random = new Random(5);
    float[] row = randomRow(random, vocabulary);
    Sampler sampler = new Sampler(sampling(0.8, 0, 1), 99, NO_PROMPT, new Candidates(vocabulary));
    int[] counts = new int[vocabulary];
    for (int i = 0; i < draws; i++) {
      counts[sampler.next(row, 0)]++;
    }
    double sum = 0;
    for (float logit : row) {
      sum += Math.exp(logit / 0.8);
    }
    double chiSquare = 0;
    for (int id = 0; id < vocabulary; id++) {
      double expected = draws * Math.exp(row[id] / 0.8) / sum;
      chiSquare += (counts[id] - expected) * (counts[id] - expected) / expected;
    }
    // 11 degrees of freedom: 31.3 is exceeded once in a thousand times.
    assertThat(chiSquare).isLessThan(31.3);
  }

  /** Over many blocks, where most are never entered: groups of tokens of every kind. */
  @Test
  void drawsOverALargeVocabularyFollowTheProbabilities() {
    int vocabulary = 20_000;
    int draws = 100_000;
    long seed = 11;
    System.out.println("SamplerTest seed " + seed);
    Random random = new Random(seed);
    float[] row = randomRow(random, vocabulary);
    double[] expected = new double[20];
    double sum = 0;
    for (int id = 0; id < vocabulary; id++) {
      double weight = Math.exp(row[id] / 1.5);
      expected[group(id, row)] += weight;
      sum += weight;
    }
    Sampler sampler = new Sampler(sampling(1.5, 0, 1), 3, NO_PROMPT, new Candidates(vocabulary));
    int[] counts = new int[expected.length];
    for (int i = 0; i < draws; i++) {
      counts[group(sampler.next(row, 0), row)]++;
    }
    double chiSquare = 0;
    for (int group = 0; group < counts.length; group++) {
      double wanted = draws * expected[group] / sum;
      chiSquare += (counts[group] - wanted) * (counts[group] - wanted) / wanted;
    }
    // 19 degrees of freedom: 43.8 is exceeded once in a thousand times.
    assertThat(chiSquare).isLessThan(43.8);
  }

  private static int group(int id, float[] row) {
    int byLogit = row[id] < -3 ? 0 : row[id] < 0 ? 1 : row[id] < 3 ? 2 : row[id] < 6 ? 3 : 4;
    return 4 * byLogit + id % 4;
  }

  @Test
  void aSmallChangeOfAllLogitsSeldomChangesTheToken() {
    Random random = new Random(8);
    float[] row = randomRow(random, 5000);
    Sampler sampler = new Sampler(sampling(1, 0, 0.9), 5, NO_PROMPT, new Candidates(5000));
    Sampler other = new Sampler(sampling(1, 0, 0.9), 5, NO_PROMPT, new Candidates(5000));
    int same = 0;
    for (int i = 0; i < 1000; i++) {
      float[] near = row.clone();
      for (int id = 0; id < near.length; id++) {
        near[id] += (float) random.nextGaussian() * 0.02f;
      }
      same += sampler.next(row, 0) == other.next(near, 0) ? 1 : 0;
    }
    assertThat(same).isGreaterThan(950);
  }

  @Test
  void theSameSeedGivesTheSameTokensWhateverElseUsesTheWorkspace() {
    Random random = new Random(17);
    float[][] rows = new float[50][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = randomRow(random, 300);
    }
    SamplingParams params = sampling(1.1, 40, 0.9);
    Sampler alone = new Sampler(params, 42, NO_PROMPT, new Candidates(300));
    Candidates shared = new Candidates(300);
    Sampler together = new Sampler(params, 42, NO_PROMPT, shared);
    Sampler other = new Sampler(sampling(2, 0, 0.7), 43, NO_PROMPT, shared);
    boolean othersDiffer = false;
    for (float[] row : rows) {
      int expected = alone.next(row, 0);
      othersDiffer |= other.next(row, 0) != expected;
      assertThat(together.next(row, 0)).isEqualTo(expected);
    }
    assertThat(othersDiffer).isTrue();
  }

  @Test
  void repetitionPenaltyForgetsWhatLeftItsWindow() {
    int window = Penalties.REPETITION_WINDOW;
    SamplingParams params = new SamplingParams(0, 0, 1, 0, 2, 0, 0, Map.of(), OptionalLong.empty());
    int[] prompt = new int[window];
    Arrays.fill(prompt, 2);
    prompt[0] = 0;
    Sampler sampler = new Sampler(params, 0, TokenIds.of(prompt), new Candidates(3));
    assertThat(sampler.next(new float[] {3, 2, -9}, 0)).isEqualTo(1);
    assertThat(sampler.next(new float[] {3, 2, -9}, 0)).isEqualTo(0);
  }

  @Test
  void notANumberFailsWithItsToken() {
    Sampler sampler = new Sampler(SamplingParams.GREEDY, 1, NO_PROMPT, new Candidates(3));
    assertThatThrownBy(() -> sampler.next(new float[] {1, 2, Float.NaN}, 0))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.error()).isEqualTo(EngineError.INTERNAL))
        .hasMessageContaining("NaN")
        .hasMessageContaining("token 2");
    assertThatThrownBy(() -> sampler.next(new float[] {1, Float.POSITIVE_INFINITY, 0}, 0))
        .isInstanceOf(EngineException.class);
  }

  @Test
  void forbiddenTokensAreNeverDrawnAndNoTokenAtAllIsAFailure() {
    float no = Float.NEGATIVE_INFINITY;
    Sampler sampler = new Sampler(sampling(1, 0, 0.99), 1, NO_PROMPT, new Candidates(4));
    for (int i = 0; i < 100; i++) {
      assertThat(sampler.next(new float[] {no, 0, no, 0}, 0)).isIn(1, 3);
    }
    assertThatThrownBy(() -> sampler.next(new float[] {no, no, no, no}, 0))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("no token can follow");
  }

  @Test
  void extremeTemperaturesStayWithinTheRules() {
    float[] row = {1, 4, 2};
    Candidates candidates = new Candidates(3);
    Sampler cold = new Sampler(sampling(Double.MIN_VALUE, 0, 1), 1, NO_PROMPT, candidates);
    Sampler hot = new Sampler(sampling(100, 2, 1), 1, NO_PROMPT, candidates);
    for (int i = 0; i < 100; i++) {
      assertThat(cold.next(row, 0)).isEqualTo(1);
      assertThat(hot.next(row, 0)).isIn(1, 2);
    }
  }

  @Test
  void randomNumbersAreThoseOfThePaper() {
    SplitMix64 random = new SplitMix64(0);
    assertThat(random.nextLong()).isEqualTo(0xE220A8397B1DCDAFL);
    assertThat(random.nextLong()).isEqualTo(0x6E789E6AA1B965F4L);
  }

  private static SamplingParams sampling(double temperature, int topK, double topP) {
    return new SamplingParams(temperature, topK, topP, 0, 1, 0, 0, Map.of(), OptionalLong.empty());
  }

  private static SamplingParams randomParams(Random random, int vocabulary) {
    Map<Integer, Double> bias = new HashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      bias.put(random.nextInt(vocabulary), random.nextDouble(-8, 8));
    }
    return new SamplingParams(
        random.nextInt(4) == 0 ? 0 : random.nextDouble(0.1, 3),
        random.nextBoolean() ? 0 : 1 + random.nextInt(random.nextBoolean() ? 20 : 2000),
        random.nextBoolean() ? 1 : random.nextDouble(0.05, 1),
        random.nextBoolean() ? 0 : random.nextDouble(0, 1),
        random.nextBoolean() ? 1 : random.nextDouble(0.5, 2),
        random.nextBoolean() ? 0 : random.nextDouble(-2, 2),
        random.nextBoolean() ? 0 : random.nextDouble(-2, 2),
        bias,
        OptionalLong.empty());
  }

  /** Logits with ties now and then. */
  private static float[] randomRow(Random random, int length) {
    float[] row = new float[length];
    boolean coarse = random.nextInt(3) == 0;
    for (int i = 0; i < length; i++) {
      double logit = random.nextGaussian() * 3;
      row[i] = (float) (coarse ? Math.rint(logit) : logit);
    }
    return row;
  }
}
