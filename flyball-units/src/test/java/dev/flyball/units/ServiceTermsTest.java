package dev.flyball.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServiceTermsTest {
  private static final Optional<Duration> SECOND = Optional.of(Duration.ofSeconds(1));
  private static final Optional<Duration> MINUTE = Optional.of(Duration.ofMinutes(1));

  @Test
  void aTargetLeavesOpenOnlyWhatBothLeaveOpen() {
    LatencyTarget asked = new LatencyTarget(SECOND, Optional.empty());
    assertThat(asked.or(new LatencyTarget(MINUTE, MINUTE)))
        .isEqualTo(new LatencyTarget(SECOND, MINUTE));
    assertThat(asked.or(LatencyTarget.NONE)).isEqualTo(asked);
  }

  @Test
  void aTargetOfNoTimeIsRefused() {
    Optional<Duration> zero = Optional.of(Duration.ZERO);
    assertThatThrownBy(() -> new LatencyTarget(Optional.empty(), zero))
        .hasMessageContaining("TPOT");
    assertThatThrownBy(() -> new LatencyTarget(zero, Optional.empty()))
        .hasMessageContaining("TTFT");
  }

  @Test
  void aTenantHasANameOfBoundedLength() {
    assertThatThrownBy(() -> new ServiceTerms("", Priority.LOW, LatencyTarget.NONE))
        .hasMessageContaining("1 to 128");
    String longest = "t".repeat(ServiceTerms.MAX_TENANT_LENGTH);
    assertThat(new ServiceTerms(longest, Priority.LOW, LatencyTarget.NONE).tenant())
        .isEqualTo(longest);
    assertThatThrownBy(() -> new ServiceTerms(longest + "t", Priority.LOW, LatencyTarget.NONE))
        .hasMessageContaining("1 to 128");
  }
}
