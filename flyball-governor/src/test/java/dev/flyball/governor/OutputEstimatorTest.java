package dev.flyball.governor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OutputEstimatorTest {
  private final OutputEstimator estimator = new OutputEstimator(3);

  private void observe(String tenant, int outputTokens, int times) {
    for (int i = 0; i < times; i++) {
      estimator.observe("model", tenant, outputTokens);
    }
  }

  @Test
  void beforeAnythingWasSeenItSaysThatItAssumes() {
    observe("a", 7, 9);
    assertThat(estimator.expect("model", "a")).isEqualTo(OutputEstimator.ASSUMED);
    assertThat(estimator.expect("model", "a").answersSeen()).isZero();
  }

  @Test
  void aTenantOfWhomLittleWasSeenIsExpectedToBeLikeTheOthers() {
    observe("a", 64, 20);
    ExpectedOutput expected = estimator.expect("model", "b");
    assertThat(expected).isEqualTo(new ExpectedOutput(64, 64, 20));
    assertThat(estimator.expect("other", "a")).isEqualTo(OutputEstimator.ASSUMED);
  }

  @Test
  void tenantsHaveTheirOwnLengths() {
    observe("brief", 8, 20);
    observe("wordy", 1024, 20);
    assertThat(estimator.expect("model", "brief")).isEqualTo(new ExpectedOutput(8, 8, 20));
    assertThat(estimator.expect("model", "wordy")).isEqualTo(new ExpectedOutput(1024, 1024, 20));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void quantilesAreWithinATenthOfTheTrueOnes(long seed) {
    Random random = new Random(seed);
    int[] lengths = new int[1000];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = (int) Math.max(1, Math.exp(5 + random.nextGaussian()));
      estimator.observe("model", "a", lengths[i]);
    }
    Arrays.sort(lengths);
    ExpectedOutput expected = estimator.expect("model", "a");
    assertThat((double) expected.p50Tokens()).isBetween(lengths[499] * 0.9, lengths[499] * 1.1);
    assertThat((double) expected.p90Tokens()).isBetween(lengths[899] * 0.9, lengths[899] * 1.1);
  }

  @Test
  void whatWasLongAgoIsForgotten() {
    observe("a", 2000, 1000);
    observe("a", 16, 3000);
    assertThat(estimator.expect("model", "a").p50Tokens()).isEqualTo(16);
    assertThat(estimator.expect("model", "a").p90Tokens()).isEqualTo(16);
    observe("a", 2000, 3000);
    assertThat(estimator.expect("model", "a").p90Tokens()).isBetween(1800, 2200);
  }

  @Test
  void itRemembersNoMoreTenantsThanItMay() {
    observe("first", 8, 20);
    observe("second", 16, 20);
    observe("third", 32, 20);
    assertThat(estimator.expect("model", "first").p50Tokens()).isEqualTo(8);
    observe("fourth", 64, 20);
    assertThat(estimator.size()).isEqualTo(3);
    assertThat(estimator.expect("model", "first").answersSeen()).isEqualTo(20);
    assertThat(estimator.expect("model", "second").answersSeen())
        .as("forgotten: what all tenants had")
        .isEqualTo(80);
  }

  @Test
  void lengthsOfEverySizeAreCounted() {
    for (int length : new int[] {1, 2, 3, 1 << 20, Integer.MAX_VALUE}) {
      OutputEstimator fresh = new OutputEstimator(1);
      for (int i = 0; i < 20; i++) {
        fresh.observe("m", "t", length);
      }
      assertThat(fresh.expect("m", "t").p50Tokens()).isEqualTo(Math.min(length, 1 << 20));
    }
    assertThatIllegalArgumentException().isThrownBy(() -> estimator.observe("m", "t", 0));
  }
}
