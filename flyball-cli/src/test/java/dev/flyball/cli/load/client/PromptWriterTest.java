package dev.flyball.cli.load.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.cli.load.workload.PromptSpec;
import dev.flyball.cli.load.workload.PromptSpec.Part;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptWriterTest {
  private static final List<String> WORDS = List.of("fox", "sea", "old", "day");

  @Test
  void promptHasAsManyTokensAsAskedFor() {
    PromptWriter writer = new PromptWriter(WORDS, 1, 9, "");
    for (int tokens : new int[] {10, 57, 4000}) {
      assertThat(words(writer.write(prompt(new Part(5, tokens))))).isEqualTo(1 + tokens - 9);
    }
  }

  @Test
  void wordsOfSeveralTokensAreCounted() {
    PromptWriter writer = new PromptWriter(WORDS, 3, 2, "");

    assertThat(words(writer.write(prompt(new Part(1, 100), new Part(2, 202))))).isEqualTo(1 + 100);
  }

  @Test
  void promptShorterThanItsTemplateIsOneWord() {
    assertThat(new PromptWriter(WORDS, 1, 9, "").write(prompt(new Part(5, 3)))).isEqualTo("The");
  }

  @Test
  void equalPartsAtEqualPlacesAreEqualText() {
    PromptWriter writer = new PromptWriter(WORDS, 1.3, 9, "");
    String first = writer.write(prompt(new Part(1, 512), new Part(2, 512), new Part(3, 70)));
    String second = writer.write(prompt(new Part(1, 512), new Part(2, 512), new Part(4, 300)));

    String common = first.substring(0, sharedLength(first, second));
    assertThat(words(common)).isBetween(780L, 820L);
  }

  private static PromptSpec prompt(Part... parts) {
    return new PromptSpec(List.of(parts));
  }

  private static long words(String text) {
    return text.chars().filter(c -> c == ' ').count() + 1;
  }

  private static int sharedLength(String a, String b) {
    int length = 0;
    while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
      length++;
    }
    return length;
  }
}
