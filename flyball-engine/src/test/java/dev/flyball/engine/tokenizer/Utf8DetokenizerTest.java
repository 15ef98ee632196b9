package dev.flyball.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class Utf8DetokenizerTest {
  /** What each token gives, where a token is one byte; the last entry is what the end gives. */
  private static List<String> stream(boolean stripsSpace, int... bytes) {
    Utf8Detokenizer detokenizer = new Utf8Detokenizer(id -> new byte[] {(byte) id}, stripsSpace);
    List<String> pieces =
        IntStream.of(bytes).mapToObj(detokenizer::accept).collect(Collectors.toList());
    pieces.add(detokenizer.finish());
    return pieces;
  }

  @Test
  void characterComesWithItsLastByte() {
    assertThat(stream(false, 'a', 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x98, 0x80))
        .containsExactly("a", "", "", "€", "", "", "", "😀", "");
  }

  @Test
  void malformedBytesAreReplacedAsSoonAsTheyAreKnown() {
    assertThat(stream(false, 0xFF, 0xE2, 'x', 0x80))
        .containsExactly("\uFFFD", "", "\uFFFDx", "\uFFFD", "");
    assertThat(stream(false, 0xE0, 0x80)).containsExactly("", "\uFFFD\uFFFD", "");
  }

  @Test
  void unfinishedCharacterIsReplacedAtTheEnd() {
    assertThat(stream(false, 0xF0, 0x9F)).containsExactly("", "", "\uFFFD");
  }

  @Test
  void onlyTheFirstSpaceIsDropped() {
    assertThat(stream(true, ' ', ' ', 'a')).containsExactly("", " ", "a", "");
    assertThat(stream(true, 'a', ' ')).containsExactly("a", " ", "");
  }
}
