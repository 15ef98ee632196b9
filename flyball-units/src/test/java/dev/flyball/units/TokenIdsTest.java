package dev.flyball.units;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TokenIdsTest {
  @Test
  void laterChangesToTheSourceArrayAreNotSeen() {
    int[] source = {1, 2, 3};
    TokenIds ids = TokenIds.of(source);
    source[0] = 9;
    ids.toArray()[1] = 9;
    assertThat(ids.toArray()).containsExactly(1, 2, 3);
  }

  @Test
  void lastGivesTheTailOrAll() {
    TokenIds ids = TokenIds.of(1, 2, 3);
    assertThat(ids.last(2)).isEqualTo(TokenIds.of(2, 3));
    assertThat(ids.last(5)).isSameAs(ids);
    assertThat(ids.last(0)).isEqualTo(TokenIds.empty());
  }

  @Test
  void equalityIsByContent() {
    assertThat(TokenIds.of(1, 2)).isEqualTo(TokenIds.of(1, 2)).hasSameHashCodeAs(TokenIds.of(1, 2));
    assertThat(TokenIds.of(1, 2)).isNotEqualTo(TokenIds.of(2, 1));
  }

  @Test
  void positionsOutsideAreRefused() {
    assertThatThrownBy(() -> TokenIds.of(1).get(1)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
