package dev.flyball.engine.speculate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.engine.speculate.DepthPlan.Candidate;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DepthPlanTest {
  @Test
  void freeGuessesAreTakenAsFarAsTheyMayBe() {
    DepthPlan plan = new DepthPlan(1, 100);
    Candidate candidate = plan.add(0.9, 0, 16);
    plan.choose(32);
    assertThat(candidate.depth()).isEqualTo(16);
  }

  @Test
  void noGuessIsTakenThatCostsWhatAnotherStepCosts() {
    DepthPlan plan = new DepthPlan(1, 100);
    Candidate candidate = plan.add(1, 100, 16);
    plan.choose(32);
    assertThat(candidate.depth()).isZero();
  }

  @Test
  void theMoreSequencesShareAStepTheFewerGuessesAreWorthIt() {
    int before = Integer.MAX_VALUE;
    for (int sequences = 1; sequences <= 32; sequences *= 2) {
      DepthPlan plan = new DepthPlan(sequences, 10 + sequences);
      Candidate first = plan.add(0.7, 1, 16);
      for (int i = 1; i < sequences; i++) {
        plan.add(0.7, 1, 16);
      }
      plan.choose(256);
      assertThat(first.depth()).isLessThanOrEqualTo(before);
      before = first.depth();
    }
    assertThat(before).isZero();
  }

  @Test
  void theLikelierSequenceGetsTheRoom() {
    DepthPlan plan = new DepthPlan(2, 100);
    Candidate unlikely = plan.add(0.3, 1, 16);
    Candidate likely = plan.add(0.95, 1, 16);
    plan.choose(4);
    assertThat(likely.depth()).isEqualTo(4);
    assertThat(unlikely.depth()).isZero();
  }

  @Test
  void noOtherDepthsGiveMuchMoreTokensInTheirTime() {
    long seed = System.nanoTime();
    System.out.println("DepthPlanTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      double[] rates = {random.nextDouble(), random.nextDouble()};
      double[] costs = {random.nextDouble(0.01, 1), random.nextDouble(0.01, 1)};
      DepthPlan plan = new DepthPlan(2, 1);
      Candidate first = plan.add(rates[0], costs[0], 8);
      Candidate second = plan.add(rates[1], costs[1], 8);
      plan.choose(16);
      double chosen = worth(rates, costs, first.depth(), second.depth());
      double best = 0;
      for (int i = 0; i <= 8; i++) {
        for (int j = 0; j <= 8; j++) {
          best = Math.max(best, worth(rates, costs, i, j));
        }
      }
      assertThat(chosen).isGreaterThanOrEqualTo(worth(rates, costs, 0, 0));
      assertThat(chosen).isCloseTo(best, within(0.1 * best));
    }
  }

  private static double worth(double[] rates, double[] costs, int first, int second) {
    double tokens = expected(rates[0], first) + expected(rates[1], second);
    return tokens / (1 + costs[0] * first + costs[1] * second);
  }

  private static double expected(double rate, int depth) {
    double tokens = 1;
    for (int i = 1; i <= depth; i++) {
      tokens += Math.pow(rate, i);
    }
    return tokens;
  }
}
