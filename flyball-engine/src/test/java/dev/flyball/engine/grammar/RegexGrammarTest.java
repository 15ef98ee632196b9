package dev.flyball.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineException;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RegexGrammarTest {
  private static final String ALPHABET = "ab01 _-\né€😀";

  @Test
  void acceptsWhatJavaMatches() {
    long seed = 20261121;
    System.out.println("regexes, seed " + seed);
    Random random = new Random(seed);
    int matched = 0;
    for (int i = 0; i < 1500; i++) {
      String regex = regex(random, 3);
      Grammar grammar = Grammar.ofRegex(regex);
      Pattern pattern = Pattern.compile(regex);
      for (int j = 0; j < 20; j++) {
        String text = text(random);
        boolean matches = pattern.matcher(text).matches();
        matched += matches ? 1 : 0;
        assertThat(Texts.accepts(grammar, text)).as("/%s/ on '%s'", regex, text).isEqualTo(matches);
      }
      Texts.random(grammar, random, 60)
          .ifPresent(
              text ->
                  assertThat(pattern.matcher(text).matches())
                      .as("/%s/ makes '%s'", regex, text)
                      .isTrue());
    }
    assertThat(matched).isGreaterThan(1000);
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int[] alphabet = ALPHABET.codePoints().toArray();
    for (int length = random.nextInt(6); length > 0; length--) {
      text.appendCodePoint(alphabet[random.nextInt(alphabet.length)]);
    }
    return text.toString();
  }

  private static String regex(Random random, int depth) {
    int kind = random.nextInt(depth == 0 ? 4 : 9);
    return switch (kind) {
      case 0 -> pick(random, "a", "b", "0", "1", "é", "€", "😀", "_", "\\-");
      case 1 -> pick(random, ".", "\\d", "\\w", "\\s", "\\D", "\\W", "\\S", "\\n", "\\x61");
      case 2 -> pick(random, "[ab]", "[^ab]", "[a-z0-9]", "[^\\d\\s]", "[é-😀]", "[_-]", "[\\w€]");
      case 3 -> pick(random, "ab", "a|b", "", "01");
      case 4, 5 -> regex(random, depth - 1) + regex(random, depth - 1);
      case 6 -> "(" + regex(random, depth - 1) + "|" + regex(random, depth - 1) + ")";
      default ->
          pick(random, "(", "(?:")
              + regex(random, depth - 1)
              + ")"
              + pick(random, "*", "+", "?", "{2}", "{1,}", "{0,2}", "*?");
    };
  }

  private static String pick(Random random, String... options) {
    return options[random.nextInt(options.length)];
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "(a | ')' is missing",
        "a) | closes nothing",
        "*a | nothing stands before",
        "a** | nothing stands before",
        "[b-a] | the range is empty",
        "[a | ends too early",
        "(?=a) | lookaround",
        "(a)\\1 | \\1 is not supported",
        "\\bword | \\b is not supported",
        "a^b | can only stand at the",
        "(a$) | cannot stand within a group",
        "a{2,1} | upper limit",
        "(a{1000}){1000} | too large",
        "\\u{110000} | no such character"
      })
  void mistakesAreNamed(String regex, String message) {
    assertThatThrownBy(() -> Grammar.ofRegex(regex))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(message);
  }
}
