package dev.flyball.engine.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogprobScorerTest {
  @Test
  void probabilitiesOfAllTokensSumToOneAndComeBestFirst() {
    Random random = new Random(3);
    float[] row = new float[22];
    for (int i = 0; i < row.length; i++) {
      row[i] = (float) random.nextGaussian() * 4 + 100;
    }
    TokenLogprob scored = new LogprobScorer(20).score(row, 1, 20, 5, 20);
    assertThat(scored.top().stream().mapToDouble(t -> Math.exp(t.logprob())).sum())
        .isCloseTo(1, within(1e-5));
    assertThat(scored.top())
        .isSortedAccordingTo((a, b) -> Float.compare(b.logprob(), a.logprob()))
        .extracting(TokenLogprob.Alternative::token)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, 20).boxed().toList());
    assertThat(scored.top())
        .contains(new TokenLogprob.Alternative(scored.token(), scored.logprob()));
  }

  @Test
  void equalLogitsAreListedByAscendingId() {
    TokenLogprob scored = new LogprobScorer(3).score(new float[] {1, 2, 2, 2, 2}, 0, 5, 0, 3);
    assertThat(scored.top()).extracting(TokenLogprob.Alternative::token).containsExactly(1, 2, 3);
  }

  @Test
  void hugeLogitsDoNotOverflow() {
    TokenLogprob scored = new LogprobScorer(1).score(new float[] {3e38f, 0, 3e38f}, 0, 3, 0, 1);
    assertThat(scored.logprob()).isCloseTo((float) -Math.log(2), within(1e-6f));
  }

  @Test
  void aTokenThatTheModelForbidsHasMinusInfinity() {
    float[] row = {Float.NEGATIVE_INFINITY, 0};
    TokenLogprob scored = new LogprobScorer(1).score(row, 0, 2, 0, 1);
    assertThat(scored.logprob()).isEqualTo(Float.NEGATIVE_INFINITY);
  }
}
