package dev.flyball.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineException;
import dev.flyball.engine.tokenizer.Vocabulary.Token;
import dev.flyball.units.TokenIds;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WordPieceTest {
  private static final List<String> SPECIAL = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]");

  private static final List<String> PIECES =
      List.of(
          "▁em", "bed", "ding", "s", "▁the", "▁a", "▁ab", "b", "c", "▁!", "▁.", "▁中", "▁文", "▁uber",
          "▁1", "2", "3", "▁'", "▁$", "▁~", "▁s", "a", "▁", "и", "▁и", "e", "▁z");

  private static Vocabulary vocabulary(Map<String, Integer> roles) {
    List<Token> tokens = new ArrayList<>();
    SPECIAL.forEach(text -> tokens.add(new Token(text, 0, TokenType.CONTROL)));
    PIECES.forEach(text -> tokens.add(new Token(text, 0, TokenType.NORMAL)));
    return new Vocabulary(
        "bert",
        Optional.empty(),
        tokens,
        List.of(),
        roles,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        "bert");
  }

  private final Tokenizer tokenizer =
      Tokenizers.from(vocabulary(Map.of("unknown", 1, "cls", 2, "seperator", 3)));

  private String pieces(TokenIds ids) {
    return String.join(" ", ids.stream().mapToObj(tokenizer::piece).toList());
  }

  private String encoded(String text) {
    return pieces(tokenizer.encode(text, false, false));
  }

  @Test
  void wordsBecomeTheirLongestPieces() {
    assertThat(encoded("embeddings the abc")).isEqualTo("▁em bed ding s ▁the ▁ab c");
  }

  @Test
  void aWordWithAPartThatIsNoPieceIsUnknownAsAWhole() {
    assertThat(encoded("the embedx a")).isEqualTo("▁the [UNK] ▁a");
  }

  @Test
  void caseAndAccentsDoNotCount() {
    assertThat(encoded("ÜBER Thé")).isEqualTo("▁uber ▁the");
    assertThat(encoded("Й")).isEqualTo("▁и");
  }

  @Test
  void punctuationSymbolsOfAsciiAndIdeographsStandAlone() {
    assertThat(encoded("a!$~'a.")).isEqualTo("▁a ▁! ▁$ ▁~ ▁' ▁a ▁.");
    assertThat(encoded("中文a")).isEqualTo("▁中 ▁文 ▁a");
  }

  @Test
  void controlCharactersVanishAndSpacesOfAllKindsCut() {
    assertThat(encoded("a\u0001b\u200Bc\u2003the\t\na\uFFFD\uD800")).isEqualTo("▁ab c ▁the ▁a");
  }

  @Test
  void textsAreFramedByClsAndSep() {
    assertThat(pieces(tokenizer.encode("a", true, false))).isEqualTo("[CLS] ▁a [SEP]");
    assertThat(pieces(tokenizer.encodePair("a", "the"))).isEqualTo("[CLS] ▁a [SEP] ▁the [SEP]");
    assertThat(pieces(tokenizer.encode("", true, false))).isEqualTo("[CLS] [SEP]");
  }

  @Test
  void specialTokensAreReadOnlyOnRequest() {
    assertThat(pieces(tokenizer.encode("a[MASK]", false, true))).isEqualTo("▁a [MASK]");
    assertThat(encoded("a[MASK]")).isEqualTo("▁a [UNK] [UNK] [UNK]");
    assertThat(pieces(tokenizer.encodePair("[SEP]", "a")))
        .isEqualTo("[CLS] [UNK] [UNK] [UNK] [SEP] ▁a [SEP]");
  }

  @Test
  void decodingGivesTheNormalisedText() {
    TokenIds ids = tokenizer.encode("Embeddings ABC", false, false);
    assertThat(tokenizer.decode(ids, false)).isEqualTo("embeddings abc");
  }

  @Test
  void randomTextsAreEncodedAsByThePlainAlgorithm() {
    long seed = 52;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 3000; i++) {
      String text = i % 2 == 0 ? RandomTexts.wellFormed(random, 20) : ofPieces(random);
      assertThat(encoded(text)).as("text %d of seed %d: %s", i, seed, text).isEqualTo(plain(text));
    }
  }

  @Test
  void longWordsNeedNoTimeToSpeakOf() {
    String word = "b".repeat(300_000);
    assertThat(tokenizer.encode("a" + word, false, false).size()).isEqualTo(300_000);
  }

  @Test
  void aVocabularyWithoutItsSpecialTokensIsRefused() {
    assertThatThrownBy(() -> Tokenizers.from(vocabulary(Map.of("unknown", 1, "cls", 2))))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("seperator_token_id");
  }

  private static String ofPieces(Random random) {
    StringBuilder text = new StringBuilder();
    for (int j = random.nextInt(12); j > 0; j--) {
      String piece = PIECES.get(random.nextInt(PIECES.size())).replace('▁', ' ');
      text.append(random.nextBoolean() ? piece.toUpperCase(Locale.ROOT) : piece);
    }
    return text.toString();
  }

  /** The published algorithm: strings, regular expressions, one piece after the other. */
  private static String plain(String text) {
    StringBuilder base = new StringBuilder();
    text.codePoints()
        .mapToObj(Character::toString)
        .map(c -> Normalizer.normalize(c, Normalizer.Form.NFD))
        .forEach(c -> base.appendCodePoint(c.codePointAt(0)));
    String cut =
        base.toString()
            .replaceAll("(?U)[\\s&&\\p{Cc}]", " ")
            .replaceAll("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}\\uFFFD]", "")
            .replaceAll(
                "[\\p{P}$+<=>^`|~\\x{3400}-\\x{4DBF}\\x{4E00}-\\x{9FFF}\\x{20000}-\\x{2A6DF}\\x{2A700}-\\x{2B81F}\\x{2B920}-\\x{2CEAF}]",
                " $0 ");
    List<String> found = new ArrayList<>();
    for (String word : cut.split("(?U)\\s+", -1)) {
      if (!word.isEmpty()) {
        found.addAll(plainWord("▁" + lowerCase(word)));
      }
    }
    return String.join(" ", found);
  }

  private static String lowerCase(String word) {
    StringBuilder lower = new StringBuilder();
    word.codePoints().map(Character::toLowerCase).forEach(lower::appendCodePoint);
    return lower.toString();
  }

  private static List<String> plainWord(String word) {
    List<String> found = new ArrayList<>();
    for (int at = 0; at < word.length(); ) {
      int end = word.length();
      while (end > at && !PIECES.contains(word.substring(at, end))) {
        end--;
      }
      if (end == at) {
        return List.of("[UNK]");
      }
      found.add(word.substring(at, end));
      at = end;
    }
    return found;
  }
}
