package dev.flyball.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TokenUsageTest {
  @Test
  void choicesOfOneAnswerAddUp() {
    TokenUsage sum = new TokenUsage(10, 4, 3).plus(new TokenUsage(10, 10, 5));
    assertThat(sum).isEqualTo(new TokenUsage(20, 14, 8));
    assertThat(sum.total()).isEqualTo(28);
  }

  @Test
  void moreCachedThanPromptIsRefused() {
    assertThatThrownBy(() -> new TokenUsage(1, 2, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cached 2");
  }
}
