package dev.flyball.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The steps that no regular expression of one line describes. */
class TextSplitterTest {
  private static List<String> split(TextSplitter splitter, String text) {
    IntList ends = new IntList(0);
    splitter.split(CodePointText.of(text), 0, text.length(), ends);
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < ends.size(); i++) {
      parts.add(text.substring(start, ends.get(i)));
      start = ends.get(i);
    }
    return parts;
  }

  @Test
  void digitsAreGroupedFromTheRight() {
    TextSplitter splitter = TextSplitter.digitGroupsFromRight();
    assertThat(split(splitter, "1234567")).containsExactly("1", "234", "567");
    assertThat(split(splitter, "123456")).containsExactly("123", "456");
    assertThat(split(splitter, "12")).containsExactly("12");
    assertThat(split(splitter, "ab")).containsExactly("ab");
  }

  @Test
  void firstGroupOfNumbersKeepsTheTextBeforeIt() {
    TextSplitter splitter = TextSplitter.numberGroupsFromRight();
    assertThat(split(splitter, "ab1234cd567")).containsExactly("ab1", "234", "cd567");
    assertThat(split(splitter, "12 x")).containsExactly("12", " x");
    assertThat(split(splitter, "x")).containsExactly("x");
  }

  @Test
  void whiteSpaceWithinALineIsCutByPowersOfTwo() {
    TextSplitter splitter = TextSplitter.whitespaceByPowersOfTwo();
    assertThat(split(splitter, " ".repeat(7))).containsExactly(" ".repeat(4), " ".repeat(2), " ");
    assertThat(split(splitter, " ".repeat(1025)).stream().map(String::length))
        .containsExactly(512, 512, 1);
    assertThat(split(splitter, "   \n")).containsExactly("   \n");
    assertThat(split(splitter, "  x")).containsExactly("  x");
  }

  @Test
  void whiteSpaceAtTheEndIsCutOff() {
    TextSplitter splitter = TextSplitter.isolateTrailingWhitespace();
    assertThat(split(splitter, "a b \n")).containsExactly("a b", " \n");
    assertThat(split(splitter, "  ")).containsExactly("  ");
    assertThat(split(splitter, "ab")).containsExactly("ab");
  }
}
