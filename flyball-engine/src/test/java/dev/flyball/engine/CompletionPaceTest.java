package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CompletionPaceTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void beforeAnythingWasMeasuredItIsOneSecond() {
    assertThat(new CompletionPace().retryAfter()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void itIsTheMeanTimeBetweenEndsRoundedUp() {
    CompletionPace pace = new CompletionPace();
    for (int i = 1; i <= 50; i++) {
      pace.ended(0, i * (5 * SECOND / 2));
    }
    assertThat(pace.retryAfter()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void aTimeWithoutRequestsDoesNotCount() {
    CompletionPace pace = new CompletionPace();
    pace.ended(0, 2 * SECOND);
    pace.ended(9000 * SECOND, 9002 * SECOND);
    assertThat(pace.retryAfter()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void itStaysBetweenASecondAndAMinute() {
    CompletionPace pace = new CompletionPace();
    pace.ended(0, 5000 * SECOND);
    assertThat(pace.retryAfter()).isEqualTo(Duration.ofMinutes(1));
    for (int i = 0; i < 200; i++) {
      pace.ended(0, 5000 * SECOND + i);
    }
    assertThat(pace.retryAfter()).isEqualTo(Duration.ofSeconds(1));
  }
}
