package dev.flyball.cli.load.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeasureTest {
  @Test
  void quantilesAreThoseOfTheSortedValues() {
    long seed = System.nanoTime();
    System.out.println("MeasureTest seed " + seed);
    Random random = new Random(seed);
    Latencies latencies = new Latencies();
    double[] millis = new double[5000];
    for (int i = 0; i < millis.length; i++) {
      long nanos = (long) (1e6 * Math.exp(random.nextGaussian() * 2 + 3));
      millis[i] = nanos / 1e6;
      latencies.record(nanos);
    }
    Arrays.sort(millis);

    Quantiles quantiles = latencies.quantiles();

    assertThat(quantiles.count()).isEqualTo(5000);
    assertThat(quantiles.p50Ms()).isCloseTo(millis[2499], withinPercentage(0.5));
    assertThat(quantiles.p90Ms()).isCloseTo(millis[4499], withinPercentage(0.5));
    assertThat(quantiles.p99Ms()).isCloseTo(millis[4949], withinPercentage(0.5));
    assertThat(quantiles.maxMs()).isCloseTo(millis[4999], withinPercentage(0.5));
    assertThat(quantiles.cdfMs()).hasSize(101).isSorted();
  }

  @Test
  void timelineOfAnyLengthHasFewBucketsAndLosesNothing() {
    Timeline timeline = new Timeline();
    long seconds = 10_000;
    for (long second = 0; second < seconds; second++) {
      timeline.arrived(second * 1_000_000_000);
      timeline.answered(second * 1_000_000_000, second * 1_000_000_000, 5_000_000, 3);
    }

    List<TimelineBucket> buckets = timeline.result();

    assertThat(buckets.size()).isBetween(Timeline.MAX_BUCKETS / 2, Timeline.MAX_BUCKETS);
    assertThat(buckets.stream().mapToLong(TimelineBucket::arrived).sum()).isEqualTo(seconds);
    assertThat(buckets.stream().mapToLong(TimelineBucket::outputTokens).sum())
        .isEqualTo(3 * seconds);
    assertThat(buckets).allMatch(bucket -> bucket.ttftMeanMs() == 5 || bucket.arrived() == 0);
    assertThat(buckets.get(1).seconds()).isEqualTo(timeline.bucketSeconds());
  }

  @Test
  void reservoirKeepsSamplesOfAllParts() {
    SampleReservoir reservoir = new SampleReservoir();
    for (int i = 0; i < 20_000; i++) {
      reservoir.offer(new RequestSample(i, "a", 1, 1, true));
    }

    List<RequestSample> kept = reservoir.inOrder();

    assertThat(kept).hasSize(SampleReservoir.CAPACITY);
    double middle = kept.get(kept.size() / 2).seconds();
    assertThat(middle).isCloseTo(10_000, within(1500.0));
  }

  @Test
  void classTakesOverGoalsItDoesNotName() {
    SloPolicy policy = SloPolicy.parse("ttft=2s,tpot=150ms; document: ttft=30s");

    assertThat(policy.of("chat")).hasToString("ttft=2000ms,tpot=150ms");
    assertThat(policy.of("document")).hasToString("ttft=30000ms,tpot=150ms");
    assertThat(policy.of("document").missed(31_000_000_000L, 151_000_000L, 0))
        .containsExactly("ttft", "tpot");
    assertThat(policy.of("chat").missed(2_000_000_000L, 150_000_000L, 0)).isEmpty();
    assertThatThrownBy(() -> policy.checkClasses(Set.of("chat"))).hasMessageContaining("document");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ttft", "ttft=2", "ttft=-2s", "speed=2s", "chat: x", "ttft=9999999h"})
  void goalsThatCannotBeReadAreRefused(String text) {
    assertThatThrownBy(() -> SloPolicy.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
