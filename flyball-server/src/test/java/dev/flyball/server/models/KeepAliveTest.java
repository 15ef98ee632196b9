package dev.flyball.server.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KeepAliveTest {
  @ParameterizedTest
  @CsvSource({"300, 300", "5m, 300", "1h30m, 5400", "90s, 90", "0, 0", "0s, 0", "2h5m7s, 7507"})
  void readsSecondsAndUnits(String text, long seconds) {
    assertThat(KeepAlive.parse(text)).isEqualTo(KeepAlive.of(Duration.ofSeconds(seconds)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-5m", "-1s"})
  void negativeIsForEver(String text) {
    assertThat(KeepAlive.parse(text)).isEqualTo(KeepAlive.FOREVER);
    assertThat(KeepAlive.FOREVER.expiry(Instant.EPOCH)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "soon", "5 m", "1.5h", "5m1h", "99999999999999999999", "1d"})
  void refusesWhatIsNoTime(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> KeepAlive.parse(text));
  }

  @Test
  void theUsualTimeIsFiveMinutes() {
    assertThat(KeepAlive.FIVE_MINUTES.isZero()).isFalse();
    assertThat(KeepAlive.FIVE_MINUTES.expiry(Instant.EPOCH)).contains(Instant.ofEpochSecond(300));
  }
}
