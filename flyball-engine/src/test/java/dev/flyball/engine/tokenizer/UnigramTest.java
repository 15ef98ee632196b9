package dev.flyball.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineException;
import dev.flyball.engine.tokenizer.Vocabulary.Normalization;
import dev.flyball.engine.tokenizer.Vocabulary.Token;
import dev.flyball.units.TokenIds;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class UnigramTest {
  private static final List<String> SPECIAL = List.of("<s>", "<pad>", "</s>", "<unk>");

  private static final Map<String, String> FORMS =
      Map.of(
          "Ａ",
          "A",
          "ﬁ",
          "fi",
          "\t",
          " ",
          "\n",
          " ",
          "e\u0301",
          "é",
          "½",
          "1⁄2",
          "e\u0301\u0301",
          "E");

  /** Pieces and scores; no two sums are equal. */
  private static final Map<String, Double> PIECES =
      Map.ofEntries(
          Map.entry("▁", -2.01),
          Map.entry("a", -3.07),
          Map.entry("b", -3.11),
          Map.entry("ab", -4.013),
          Map.entry("▁a", -3.5077),
          Map.entry("▁ab", -5.91),
          Map.entry("c", -3.23),
          Map.entry("bc", -4.0171),
          Map.entry("abc", -9.3),
          Map.entry("▁abc", -7.77),
          Map.entry("é", -4.4),
          Map.entry("f", -5.003),
          Map.entry("i", -5.0007),
          Map.entry("A", -4.9),
          Map.entry("fi", -6.6),
          Map.entry("中", -6.01));

  private static Vocabulary vocabulary(boolean merge, boolean behind, Optional<Boolean> space) {
    List<Token> tokens = new ArrayList<>();
    SPECIAL.forEach(
        text ->
            tokens.add(
                new Token(text, 0, text.equals("<unk>") ? TokenType.UNKNOWN : TokenType.CONTROL)));
    PIECES.forEach(
        (text, score) -> tokens.add(new Token(text, score.floatValue(), TokenType.NORMAL)));
    return new Vocabulary(
        "t5",
        Optional.empty(),
        tokens,
        List.of(),
        Map.of("bos", 0, "eos", 2, "unknown", 3, "seperator", 2, Vocabulary.BETWEEN, 2),
        Optional.of(true),
        Optional.of(true),
        space,
        new Normalization(merge, behind, CharacterMapBuilder.build(FORMS)),
        "",
        "bert");
  }

  private final Tokenizer tokenizer = Tokenizers.from(vocabulary(true, false, Optional.of(true)));

  private static String pieces(Tokenizer tokenizer, TokenIds ids) {
    return String.join(" ", ids.stream().mapToObj(tokenizer::piece).toList());
  }

  private String encoded(String text) {
    return pieces(tokenizer, tokenizer.encode(text, false, false));
  }

  @Test
  void theCutWithTheHighestSumWins() {
    assertThat(encoded("ab abc")).isEqualTo("▁ab ▁a bc");
    assertThat(encoded("abc")).isEqualTo("▁a bc");
  }

  @Test
  void charactersAreMappedToTheirNormalFormsTheLongestSequenceFirst() {
    assertThat(encoded("Ａ")).isEqualTo("▁ A");
    assertThat(encoded("e\u0301")).isEqualTo("▁ é");
    assertThat(encoded("e\u0301\u0301")).isEqualTo("▁ <unk>");
    assertThat(encoded("ﬁ")).isEqualTo("▁ fi");
  }

  @Test
  void unknownCharactersInARowAreOneToken() {
    assertThat(encoded("axyzb x")).isEqualTo("▁a <unk> b ▁ <unk>");
  }

  @Test
  void spacesAreMergedKeptOrPutBehindAsTheFileSays() {
    assertThat(encoded("  a\t\n b  ")).isEqualTo("▁a ▁ b");
    Tokenizer kept = Tokenizers.from(vocabulary(false, false, Optional.of(true)));
    assertThat(pieces(kept, kept.encode("a  b ", false, false))).isEqualTo("▁a ▁ ▁ b ▁");
    Tokenizer behind = Tokenizers.from(vocabulary(false, true, Optional.of(true)));
    assertThat(pieces(behind, behind.encode("b", false, false))).isEqualTo("b ▁");
    Tokenizer none = Tokenizers.from(vocabulary(false, false, Optional.of(false)));
    assertThat(pieces(none, none.encode("b", false, false))).isEqualTo("b");
  }

  @Test
  void textsAreFramedAndPairsParted() {
    assertThat(pieces(tokenizer, tokenizer.encode("a", true, false))).isEqualTo("<s> ▁a </s>");
    assertThat(pieces(tokenizer, tokenizer.encodePair("a", "ab")))
        .isEqualTo("<s> ▁a </s> </s> ▁ab </s>");
    assertThat(tokenizer.decode(tokenizer.encode("ab abc", false, false), false))
        .isEqualTo("ab abc");
  }

  @Test
  void randomTextsAreCutAsByTryingAllWays() {
    long seed = 3;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    String letters = "abc é中fix";
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(14); j > 0; j--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      assertThat(encoded(text.toString())).as(text.toString()).isEqualTo(plain(text.toString()));
    }
  }

  @Test
  void randomBytesOfAnyKindAreEncoded() {
    long seed = 4;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      String text = RandomTexts.anyChars(random, random.nextInt(50));
      TokenIds ids = tokenizer.encode(text, true, true);
      assertThat(ids.get(0)).isZero();
      assertThat(ids.stream()).allMatch(id -> id >= 0 && id < tokenizer.size());
    }
  }

  @Test
  void aDamagedMapIsRefusedOrWorks() {
    long seed = 6;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    byte[] sound = CharacterMapBuilder.build(FORMS);
    byte[] text = "Ａe\u0301 ﬁ½a".getBytes(StandardCharsets.UTF_8);
    int refused = 0;
    for (int round = 0; round < 3000; round++) {
      byte[] damaged = sound.clone();
      for (int i = 0; i < 8; i++) {
        int at = random.nextBoolean() ? random.nextInt(4096) : random.nextInt(damaged.length);
        damaged[at] = (byte) random.nextInt();
      }
      byte[] cut = random.nextInt(4) == 0 ? Arrays.copyOf(damaged, random.nextInt(99)) : damaged;
      try {
        CharacterMap map = new CharacterMap(cut);
        for (int at = 0; at < text.length; at++) {
          CharacterMap.Replacement found = map.find(text, at, text.length);
          assertThat(found.length()).isBetween(0, text.length - at);
          for (int i = 0; found.length() > 0 && map.replacement(found, i) != 0; i++) {
            assertThat(i).isLessThan(damaged.length);
          }
        }
      } catch (EngineException e) {
        refused++;
        assertThat(e).hasMessageContaining("precompiled_charsmap");
      }
    }
    assertThat(refused).isPositive();
    assertThatThrownBy(() -> new CharacterMap(new byte[] {1, 2}))
        .isInstanceOf(EngineException.class);
  }

  /** All ways to cut, the best of them; spaces are merged first, unknown tokens last. */
  private static String plain(String text) {
    StringBuilder marked = new StringBuilder();
    for (String word : text.split(" +", -1)) {
      marked.append(word.isEmpty() ? "" : "▁" + word);
    }
    String best = best(marked.toString(), new HashMap<>()).pieces();
    return best.replaceAll("<unk>( <unk>)+", "<unk>");
  }

  private record Cut(double score, String pieces) {}

  private static Cut best(String rest, Map<String, Cut> known) {
    if (rest.isEmpty()) {
      return new Cut(0, "");
    }
    Cut found = known.get(rest);
    if (found != null) {
      return found;
    }
    Cut best = new Cut(Double.NEGATIVE_INFINITY, "");
    for (int end = 1; end <= rest.length(); end++) {
      Double score = PIECES.get(rest.substring(0, end));
      String piece = rest.substring(0, end);
      if (score == null && end == 1) {
        score = -9.3 - 10;
        piece = "<unk>";
      }
      if (score != null) {
        Cut behind = best(rest.substring(end), known);
        if (score + behind.score() > best.score()) {
          best = new Cut(score + behind.score(), (piece + " " + behind.pieces()).strip());
        }
      }
    }
    known.put(rest, best);
    return best;
  }
}
