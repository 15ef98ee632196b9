package dev.flyball.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ReceiptTest {
  private static final Outcome COMPLETED =
      new Outcome(Outcome.Ending.COMPLETED, List.of("stop"), Optional.empty());

  private static Receipt receipt(String id, Optional<String> model, Outcome outcome) {
    return new Receipt(
        id,
        Optional.empty(),
        Optional.empty(),
        model,
        ServiceTerms.DEFAULT,
        TokenClasses.NONE,
        PhaseTimes.notSubmitted(Duration.ofMillis(3)),
        StepWork.NONE,
        ImageWork.NONE,
        Optional.empty(),
        model.map(name -> new PlanSummary(name, Map.of(), List.of("it is the only one"))),
        outcome,
        Instant.EPOCH,
        Instant.EPOCH);
  }

  @Test
  void whatWasCompletedHasAModelAndAPlan() {
    assertThat(receipt("a", Optional.of("m"), COMPLETED).outcome()).isEqualTo(COMPLETED);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> receipt("a", Optional.empty(), COMPLETED));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> receipt(" ", Optional.of("m"), COMPLETED));
  }

  @Test
  void anErrorBelongsToWhatWasRefusedOrFailed() {
    Optional<String> code = Optional.of("queue_full");
    assertThat(receipt("a", Optional.empty(), new Outcome(Outcome.Ending.REFUSED, List.of(), code)))
        .isNotNull();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Outcome(Outcome.Ending.FAILED, List.of(), Optional.empty()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Outcome(Outcome.Ending.CANCELLED, List.of(), code));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Outcome(Outcome.Ending.COMPLETED, List.of(), Optional.empty()));
  }

  @Test
  void tokensCannotBeMoreThanTheirKind() {
    assertThat(TokenClasses.of(new TokenUsage(9, 4, 3, 2)))
        .isEqualTo(new TokenClasses(9, 4, 3, 2))
        .extracting(TokenClasses::total)
        .isEqualTo(12);
    assertThatIllegalArgumentException().isThrownBy(() -> new TokenClasses(1, 2, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new TokenClasses(0, 0, 1, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> new TokenClasses(-1, -1, 0, 0));
  }

  @Test
  void anEnergyLiesInItsBand() {
    assertThat(new Energy(2, 1, 4, Energy.Method.ESTIMATED, "a table").joules()).isEqualTo(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Energy(2, 2.1, 4, Energy.Method.ESTIMATED, "a table"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Energy(Double.NaN, 1, 4, Energy.Method.MEASURED, "a counter"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Energy(2, 1, Double.POSITIVE_INFINITY, Energy.Method.MEASURED, "x"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Energy(2, 1, 4, Energy.Method.MEASURED, ""));
  }

  @Test
  void workAddsUpOverChoices() {
    StepWork one = new StepWork(1, 10, 0, 4, 3, Duration.ofMillis(7), List.of("in one chunk"));
    assertThat(one.plus(one))
        .isEqualTo(
            new StepWork(
                2, 20, 0, 8, 6, Duration.ofMillis(14), List.of("in one chunk", "in one chunk")));
    StepWork noted =
        new StepWork(0, 0, 0, 0, 0, Duration.ZERO, Collections.nCopies(StepWork.MAX_NOTES, "x"));
    assertThat(noted.plus(one).notes()).isEqualTo(noted.notes());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new StepWork(0, 0, 0, 1, 2, Duration.ZERO, List.of()));
  }

  @Test
  void phasesCannotBeNegative() {
    assertThat(PhaseTimes.notSubmitted(Duration.ofSeconds(1)).timeToFirstToken())
        .isEqualTo(Duration.ofSeconds(1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PhaseTimes.notSubmitted(Duration.ofSeconds(-1)));
  }
}
