package dev.flyball.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CharacterClassesTest {
  private static final Map<Integer, Pattern> CATEGORIES =
      Map.of(
          CharacterClasses.LETTER, Pattern.compile("\\p{L}"),
          CharacterClasses.NUMBER, Pattern.compile("\\p{N}"),
          CharacterClasses.PUNCTUATION, Pattern.compile("\\p{P}"),
          CharacterClasses.SYMBOL, Pattern.compile("\\p{S}"),
          CharacterClasses.MARK, Pattern.compile("\\p{M}"));

  /** Unicode 16 added 5185 characters; Java 25 knows them, llama.cpp does not. */
  @Test
  void categoriesAreThoseOfUnicode15() {
    int differing = 0;
    for (int codePoint = 0; codePoint <= Character.MAX_CODE_POINT; codePoint++) {
      int classes = CharacterClasses.of(codePoint);
      String text = Character.toString(codePoint);
      for (Map.Entry<Integer, Pattern> category : CATEGORIES.entrySet()) {
        boolean expected = category.getValue().matcher(text).matches();
        boolean actual = (classes & category.getKey()) != 0;
        if (expected != actual) {
          assertThat(classes).as("class of U+%04X", codePoint).isZero();
          differing++;
        }
      }
    }
    int tilde = 1;
    assertThat(differing).isEqualTo(5185 + tilde);
  }

  @Test
  void whitespaceIsThePropertyOfUnicode() {
    Pattern whitespace = Pattern.compile("\\p{IsWhite_Space}");
    List<Integer> differing =
        IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
            .filter(
                c ->
                    whitespace.matcher(Character.toString(c)).matches()
                        != ((CharacterClasses.of(c) & CharacterClasses.WHITESPACE) != 0))
            .boxed()
            .toList();
    assertThat(differing).isEmpty();
  }
}
