package dev.flyball.governor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.flyball.units.LatencyTarget;
import dev.flyball.units.Priority;
import dev.flyball.units.ServiceTerms;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PlannerTest {
  private static final ExpectedOutput HUNDRED = new ExpectedOutput(50, 100, 12);

  private final Planner planner = new Planner();

  private static PromptShape shape(int promptTokens, ServiceTerms terms) {
    return new PromptShape(promptTokens, 0, 1, HUNDRED, terms, Optional.empty(), Set.of());
  }

  private static Target target(String name, int contextLength, int running, int waiting) {
    return new Target(
        name,
        contextLength,
        new Knobs("adaptive", "f16"),
        new TargetLoad(running, 4, waiting, Duration.ofMillis(30L * waiting), 0, 1000));
  }

  @Test
  void theOnlyTargetIsTakenAndThePlanSaysWhy() {
    Plan plan = planner.plan(shape(10, ServiceTerms.DEFAULT), List.of(target("engine", 500, 3, 2)));
    assertThat(plan.summary().target()).isEqualTo("engine");
    assertThat(plan.summary().knobs())
        .containsEntry("kv_cache", "f16")
        .containsEntry("scheduler", "adaptive");
    assertThat(plan.summary().reasons())
        .containsExactly(
            "engine is the only target with this model",
            "3 requests run in 4 places, 2 wait, prompts in line take about 60 ms",
            "an answer of 50 tokens expected, 100 at most in nine of ten cases (from 12 answers)");
  }

  @Test
  void theTargetWithTheLeastLoadIsTaken() {
    Plan plan =
        planner.plan(
            shape(10, ServiceTerms.DEFAULT),
            List.of(target("busy", 500, 4, 9), target("free", 500, 1, 0), target("so", 500, 2, 0)));
    assertThat(plan.target().name()).isEqualTo("free");
    assertThat(plan.reasons()).contains("free has the least load of 3 targets");
  }

  @Test
  void aTargetWithRoomForTheAnswerGoesBeforeOneWithLessLoad() {
    Plan plan =
        planner.plan(
            shape(450, ServiceTerms.DEFAULT),
            List.of(target("short", 500, 0, 0), target("long", 5000, 4, 4)));
    assertThat(plan.target().name()).isEqualTo("long");
  }

  @Test
  void whereNoneHasRoomThePlanSaysThatAnAnswerMayBeCut() {
    Plan plan = planner.plan(shape(450, ServiceTerms.DEFAULT), List.of(target("short", 500, 0, 0)));
    assertThat(plan.reasons()).contains("a long answer may end at the context's 500 tokens");
  }

  @Test
  void termsAreAmongTheReasons() {
    ServiceTerms terms =
        new ServiceTerms(
            "a",
            Priority.LOW,
            new LatencyTarget(
                Optional.of(Duration.ofMillis(500)), Optional.of(Duration.ofNanos(12_500_000))));
    assertThat(planner.plan(shape(10, terms), List.of(target("e", 500, 0, 0))).reasons())
        .contains(
            "priority low", "first token wanted within 500 ms", "a token wanted every 12.5 ms");
  }

  @Test
  void whatNeedsNoAnswerExpectsNone() {
    PromptShape shape =
        new PromptShape(
            9, 0, 1, HUNDRED.atMost(0), ServiceTerms.DEFAULT, Optional.empty(), Set.of());
    assertThat(planner.plan(shape, List.of(target("e", 9, 0, 0))).reasons())
        .contains("no tokens to generate")
        .noneMatch(reason -> reason.contains("expected"));
  }

  @Test
  void withoutTargetsThereIsNothingToPlan() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> planner.plan(shape(1, ServiceTerms.DEFAULT), List.of()));
  }

  @Test
  void recordsRefuseWhatCannotBe() {
    assertThatIllegalArgumentException().isThrownBy(() -> shape(0, ServiceTerms.DEFAULT));
    assertThatIllegalArgumentException().isThrownBy(() -> new ExpectedOutput(5, 4, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TargetLoad(0, 0, 0, Duration.ZERO, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> target("", 1, 0, 0));
  }
}
