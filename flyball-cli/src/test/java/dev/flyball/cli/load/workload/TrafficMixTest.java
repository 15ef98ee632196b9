package dev.flyball.cli.load.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrafficMixTest {
  private static final String MIX =
      "80% in=50-300 out=50-150 name=chat; 20% in=3000-6000 out=50-150 name=document";

  @Test
  void mixIsWrittenAsItIsRead() {
    assertThat(TrafficMix.parse(MIX)).hasToString(MIX);
    assertThat(TrafficMix.parse("100% out=7 in=5")).hasToString("100% in=5 out=7 name=class1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "80% in=5 out=5",
        "100% in=5",
        "100% in=9-5 out=5",
        "100% in=0 out=5",
        "in=5 out=5",
        "100% in=5 out=5 colour=red",
        "50% in=5 out=5 name=a; 50% in=5 out=5 name=a",
        "100% in=5 out=5 name=a/b",
        "100% in=99999999 out=5"
      })
  void wrongMixIsRefusedWithWhatIsWrong(String mix) {
    assertThatThrownBy(() -> TrafficMix.parse(mix))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .isNotBlank();
  }

  @Test
  void requestsHaveTheSharesAndLengthsOfTheMix() {
    List<PlannedRequest> requests = all(workload(10, 1, 7));

    double documents =
        requests.stream().filter(r -> r.className().equals("document")).count()
            / (double) requests.size();
    assertThat(documents).isCloseTo(0.2, within(0.02));
    assertThat(requests)
        .allMatch(
            r ->
                r.className().equals("chat")
                    ? r.prompt().tokens() >= 150 && r.prompt().tokens() <= 400
                    : r.prompt().tokens() >= 3100 && r.prompt().tokens() <= 6100)
        .allMatch(r -> r.outputTokens() >= 50 && r.outputTokens() <= 150);
  }

  @Test
  void everyPromptBeginsWithTheSharedPrefixAndGoesOnByItself() {
    List<PlannedRequest> requests = all(workload(10, 1, 7));

    assertThat(requests.stream().map(r -> r.prompt().parts().getFirst()).distinct())
        .singleElement()
        .extracting(PromptSpec.Part::tokens)
        .isEqualTo(100);
    assertThat(requests.stream().map(r -> r.prompt().parts().get(1).seed()))
        .doesNotHaveDuplicates();
  }

  @Test
  void theSameSeedGivesTheSameRequestsAtEveryRate() {
    List<PlannedRequest> slow = all(workload(10, 1, 7));
    List<PlannedRequest> fast = all(workload(20, 1, 7));

    assertThat(fast).hasSameSizeAs(slow);
    for (int i = 0; i < slow.size(); i++) {
      assertThat(fast.get(i).prompt()).isEqualTo(slow.get(i).prompt());
      assertThat(fast.get(i).arrivalNanos()).isCloseTo(slow.get(i).arrivalNanos() / 2, within(1L));
    }
    assertThat(all(workload(10, 1, 8))).isNotEqualTo(slow);
  }

  @ParameterizedTest
  @CsvSource({"1", "0.25", "4"})
  void arrivalsHaveTheRateAndTheBurstinessAskedFor(double burstiness) {
    ArrivalProcess arrivals = new ArrivalProcess(5, burstiness);
    SplittableRandom random = new SplittableRandom(42);
    int count = 200_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < count; i++) {
      double gap = arrivals.nextGapSeconds(random);
      sum += gap;
      squares += gap * gap;
    }
    double mean = sum / count;
    double variance = squares / count - mean * mean;

    assertThat(mean).isCloseTo(0.2, within(0.004));
    // a gamma distribution of shape k has a variance of mean^2 / k
    assertThat(variance * burstiness / (mean * mean)).isCloseTo(1, within(0.05));
  }

  @Test
  void requestBeyondTheContextLosesItsEndsButNotAllOfItsAnswer() {
    RequestLimits limits = new RequestLimits(Optional.empty(), 1, 100);

    PlannedRequest longPrompt = limits.fit(request(500, 30));
    assertThat(longPrompt.prompt().tokens()).isEqualTo(70);
    assertThat(longPrompt.outputTokens()).isEqualTo(30);
    PlannedRequest bothLong = limits.fit(request(500, 300));
    assertThat(bothLong.prompt().tokens() + bothLong.outputTokens()).isEqualTo(100);
    assertThat(bothLong.outputTokens()).isEqualTo(50);
    assertThat(limits.fit(request(60, 40))).isEqualTo(request(60, 40));
  }

  private static PlannedRequest request(int prompt, int output) {
    return new PlannedRequest(
        0, "x", new PromptSpec(List.of(new PromptSpec.Part(1, prompt))), output);
  }

  private static SyntheticWorkload workload(double rate, double burstiness, long seed) {
    return new SyntheticWorkload(
        TrafficMix.parse(MIX),
        new ArrivalProcess(rate, burstiness),
        new RequestLimits(Optional.of(Duration.ofHours(2)), 5000, Integer.MAX_VALUE),
        100,
        seed);
  }

  static List<PlannedRequest> all(Workload workload) {
    List<PlannedRequest> requests = new ArrayList<>();
    try (workload) {
      for (Optional<PlannedRequest> next = workload.next();
          next.isPresent();
          next = workload.next()) {
        requests.add(next.get());
      }
    }
    return requests;
  }
}
