package dev.flyball.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Holds every pre-tokenizer to the regular expressions that it stands for, as java.util.regex reads
 * them: the slow twin.
 */
class PatternEquivalenceTest {
  private static final int TEXTS = 1500;

  /** What {@code \\s} means: the property White_Space. */
  private static final String SPACES = "\\p{IsWhite_Space}";

  private static final String CONTRACTION =
      "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
  private static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  private static final String TAIL = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String LLAMA3 =
      CONTRACTION
          + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
          + TAIL;
  private static final String QWEN2 = LLAMA3.replace("{1,3}", "");
  private static final String UPPER = "[\\p{L}&&[^a-z]]";
  private static final String LOWER = "[\\p{L}&&[^A-Z]]";
  private static final String LEAD = "[^\\r\\n\\p{L}\\p{N}]?";
  private static final String CASED_TAIL = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + TAIL;
  private static final String TEKKEN =
      LEAD + UPPER + "*" + LOWER + "+|" + LEAD + UPPER + "+" + LOWER + "*|\\p{N}" + CASED_TAIL;
  private static final String GPT4O =
      LEAD
          + UPPER
          + "*"
          + LOWER
          + "+"
          + CONTRACTION
          + "?|"
          + LEAD
          + UPPER
          + "+"
          + LOWER
          + "*"
          + CONTRACTION
          + "?|\\p{N}{1,3}"
          + CASED_TAIL;
  private static final String PUNCTUATION_PAIR =
      "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+";
  // ~ is no symbol, see CharacterClasses.
  private static final String SYMBOLS = "[\\p{P}\\p{S}&&[^~]]";
  private static final String DEEPSEEK3 =
      PUNCTUATION_PAIR
          + "|(?:[^\\r\\n\\p{L}\\p{P}\\p{S}]|~)?[\\p{L}\\p{M}]+| ?"
          + SYMBOLS
          + "+[\\r\\n]*"
          + TAIL;
  private static final String KANA_AND_HAN =
      "[\\x{4E00}-\\x{9FA5}\\x{3040}-\\x{309F}\\x{30A0}-\\x{30FF}]+";
  private static final String EAST_ASIAN =
      "[\\x{4E00}-\\x{9FA5}\\x{0800}-\\x{4E00}\\x{AC00}-\\x{D7FF}&&[^\\s]]+";
  private static final String BLOOM = " ?[^(\\s|.,!?…。，、।۔،)]+";

  private static final Map<String, List<String>> EXPRESSIONS =
      Map.ofEntries(
          Map.entry("gpt-2", List.of(GPT2)),
          Map.entry("starcoder", List.of("\\p{N}", GPT2)),
          Map.entry("falcon", List.of("[\\p{P}$+<=>^~|`]+", GPT2, "[0-9][0-9][0-9]")),
          Map.entry("default", List.of("[\\p{P}$+<=>^~|]+", GPT2, "\\p{N}+", "[0-9][0-9][0-9]")),
          Map.entry(
              "chameleon",
              List.of(
                  "<sentinel:[0-9]+>",
                  "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z",
                  "([\\t\\n]|    |  )",
                  "\\p{N}",
                  "[\\p{P}!-/:-@\\[-`{-~]",
                  GPT2)),
          Map.entry("llama3", List.of(LLAMA3)),
          Map.entry("minicpm5", List.of("\\p{N}{1,3}", LLAMA3.replace("{1,3}", "+"))),
          Map.entry(
              "jais-2",
              List.of(
                  LLAMA3.replace(
                      "|\\s+(?!\\S)|\\s+",
                      "|\\s{512}(?!\\S)"
                          + "|\\s{256}(?!\\S)|\\s{128}(?!\\S)|\\s{64}(?!\\S)|\\s{32}(?!\\S)|\\s{16}(?!\\S)"
                          + "|\\s{8}(?!\\S)|\\s{4}(?!\\S)|\\s{1,2}(?!\\S)|\\s{1}"))),
          Map.entry("qwen2", List.of(QWEN2)),
          Map.entry(
              "qwen35",
              List.of(
                  QWEN2
                      .replace("\\p{L}+", "[\\p{L}\\p{M}]+")
                      .replace("[^\\s\\p{L}\\p{N}]", "[^\\s\\p{L}\\p{M}\\p{N}]"))),
          Map.entry("ufakzeka", List.of(QWEN2.replace(CONTRACTION + "|", ""))),
          Map.entry("laguna", List.of("[^\\n]+|[\\n]+", QWEN2)),
          Map.entry("bailingmoe", List.of(QWEN2.replace("\\s*[\\r\\n]+", "\\s*[\\r\\n]"))),
          Map.entry(
              "seed-coder",
              List.of(QWEN2.replace("[^\\s\\p{L}\\p{N}]+[\\r\\n]*", "[^\\s\\p{L}\\p{N}\\r\\n]+"))),
          Map.entry(
              "exaone-moe",
              List.of(
                  CONTRACTION
                      + "|"
                      + LEAD
                      + "(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?"
                      + "|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+")),
          Map.entry("tekken", List.of(TEKKEN)),
          Map.entry("gpt-4o", List.of(GPT4O)),
          Map.entry(
              "granite-embed-multi-97m",
              List.of(
                  GPT4O
                      .replace(UPPER, "[\\p{L}\\p{M}&&[^a-z]]")
                      .replace(LOWER, "[\\p{L}\\p{M}&&[^A-Z]]"))),
          Map.entry(
              "youtu",
              List.of(
                  "[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|" + KANA_AND_HAN,
                  LEAD + "[\\p{L}\\p{M}]+" + CONTRACTION + "?|\\p{N}" + CASED_TAIL)),
          Map.entry(
              "deepseek-coder",
              List.of("[\\r\\n]", "\\s?\\p{L}+", "\\s?\\p{P}+", EAST_ASIAN, "\\p{N}")),
          Map.entry("deepseek-v3", List.of("\\p{N}{1,3}", KANA_AND_HAN, DEEPSEEK3)),
          Map.entry(
              "spark2_5",
              List.of(
                  "\\p{N}{1,3}",
                  KANA_AND_HAN,
                  DEEPSEEK3.replace("[\\r\\n]*|\\s*[\\r\\n]+", "|[\\r\\n]"),
                  "\\p{N}")),
          Map.entry("bloom", List.of(BLOOM)),
          Map.entry("viking", List.of(BLOOM, "\\p{N}")),
          Map.entry("superbpe", List.of("\\p{N}+", "(?=([0-9]{3})+(?![0-9]))")),
          Map.entry("gemma4", List.of("[^\\n]+|[\\n]+")));

  @Test
  void scannersCutLikeTheirExpressions() {
    long seed = 20261121;
    System.out.println("seed " + seed + ", " + EXPRESSIONS.size() + " pre-tokenizers");
    EXPRESSIONS.forEach(
        (name, expressions) -> {
          PreTokenizer preTokenizer = PreTokenizers.named(name).orElseThrow();
          List<Pattern> patterns =
              expressions.stream().map(PatternEquivalenceTest::compile).toList();
          Random random = new Random(seed);
          for (int i = 0; i < TEXTS; i++) {
            String text = withoutNewCharacters(RandomTexts.wellFormed(random, 12));
            assertThat(words(preTokenizer, text))
                .as("%s, text %d of seed %d: %s", name, i, seed, escape(text))
                .isEqualTo(words(patterns, text));
          }
        });
  }

  /** java.util.regex knows characters of later versions of Unicode than llama.cpp. */
  private static String withoutNewCharacters(String text) {
    return text.codePoints()
        .filter(c -> CharacterClasses.of(c) != 0 || c == '~' || !hasCategory(c))
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean hasCategory(int codePoint) {
    return Character.toString(codePoint).matches("[\\p{L}\\p{N}\\p{P}\\p{S}\\p{M}]");
  }

  private static Pattern compile(String expression) {
    return Pattern.compile(expression.replace("\\s", SPACES).replace("\\S", "\\P{IsWhite_Space}"));
  }

  private static List<String> words(PreTokenizer preTokenizer, String text) {
    CodePointText codePoints = CodePointText.of(text);
    IntList ends = preTokenizer.wordEnds(codePoints);
    List<String> words = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < ends.size(); i++) {
      int from = text.offsetByCodePoints(0, start);
      words.add(text.substring(from, text.offsetByCodePoints(0, ends.get(i))));
      start = ends.get(i);
    }
    return words;
  }

  private static List<String> words(List<Pattern> patterns, String text) {
    List<String> words = text.isEmpty() ? List.of() : List.of(text);
    for (Pattern pattern : patterns) {
      List<String> next = new ArrayList<>();
      for (String word : words) {
        Matcher matcher = pattern.matcher(word);
        int done = 0;
        while (matcher.find()) {
          addUnlessEmpty(next, word.substring(done, matcher.start()));
          addUnlessEmpty(next, matcher.group());
          done = matcher.end();
        }
        addUnlessEmpty(next, word.substring(done));
      }
      words = next;
    }
    return words;
  }

  private static void addUnlessEmpty(List<String> words, String word) {
    if (!word.isEmpty()) {
      words.add(word);
    }
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    text.chars()
        .forEach(c -> escaped.append(c > 32 && c < 127 ? (char) c : String.format("\\u%04X", c)));
    return escaped.toString();
  }
}
