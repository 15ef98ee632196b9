package dev.flyball.engine.speculate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class GuessBudgetTest {
  @Test
  void guessesThatOnlyCostTakeASmallShareOfTheTimeInTheLongRun() {
    GuessBudget budget = new GuessBudget();
    double steps = 0;
    double guesses = 0;
    for (int step = 0; step < 100_000; step++) {
      budget.steps(100);
      budget.ran(100);
      steps += 100;
      if (budget.left() >= 37) {
        budget.spent(37);
        guesses += 37;
      }
    }
    assertThat(guesses / steps).isCloseTo(0.02, within(0.001));
  }

  @Test
  void guessesThatGainMoreThanTheyCostAreAlwaysPaidFor() {
    GuessBudget budget = new GuessBudget();
    for (int step = 0; step < 1000; step++) {
      budget.steps(100);
      budget.ran(100);
      assertThat(budget.left()).isGreaterThan(50);
      budget.spent(50);
      budget.gained(60);
    }
  }

  @Test
  void neitherGainsNorLossesOfTheDistantPastCount() {
    GuessBudget budget = new GuessBudget();
    budget.steps(100);
    budget.gained(1e9);
    assertThat(budget.left()).isEqualTo(25_600);
    budget.spent(1e9);
    assertThat(budget.left()).isEqualTo(-6_400);
  }
}
