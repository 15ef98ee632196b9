package dev.flyball.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.tokenizer.Vocabulary.Token;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SentencePieceTest {
  /** {@code <unk> <s> </s>}, the 256 bytes, then pieces with falling scores. */
  private static Vocabulary vocabulary(Optional<Boolean> addSpacePrefix, String... pieces) {
    List<Token> tokens = new ArrayList<>();
    tokens.add(new Token("<unk>", 0, TokenType.UNKNOWN));
    tokens.add(new Token("<s>", 0, TokenType.CONTROL));
    tokens.add(new Token("</s>", 0, TokenType.CONTROL));
    for (int value = 0; value < 256; value++) {
      tokens.add(new Token(String.format("<0x%02X>", value), 0, TokenType.BYTE));
    }
    for (int i = 0; i < pieces.length; i++) {
      tokens.add(new Token(pieces[i], -i, TokenType.NORMAL));
    }
    return new Vocabulary(
        "llama",
        Optional.empty(),
        tokens,
        List.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        addSpacePrefix,
        "",
        "llama");
  }

  private static final String[] PIECES = {
    "▁t", "he", "▁the", "ab", "▁▁", "s▁a", "▁a", "▁", "t", "h", "e", "a", "b", "s", "\n"
  };

  private static String pieces(Tokenizer tokenizer, TokenIds ids) {
    return String.join(" ", ids.stream().mapToObj(tokenizer::piece).toList());
  }

  @Test
  void piecesOfHigherScoreAreMergedFirst() {
    Tokenizer tokenizer = Tokenizers.from(vocabulary(Optional.empty(), PIECES));
    assertThat(pieces(tokenizer, tokenizer.encode("the ab", true, true)))
        .isEqualTo("<s> ▁the ▁ ab");
  }

  @Test
  void noSpaceIsPutInFrontOfATextThatGoesOn() {
    Tokenizer tokenizer = Tokenizers.from(vocabulary(Optional.empty(), PIECES));
    assertThat(pieces(tokenizer, tokenizer.encode("ab</s>ab", false, true)))
        .isEqualTo("▁ ab </s> ▁ ab");
    assertThat(pieces(tokenizer, tokenizer.encodeWithin("ab</s>ab"))).isEqualTo("ab </s> ▁ ab");
    assertThat(pieces(tokenizer, tokenizer.encodeWithin("</s>"))).isEqualTo("</s>");
  }

  @Test
  void pieceThatReachesOverASpaceIsFound() {
    Tokenizer tokenizer = Tokenizers.from(vocabulary(Optional.of(false), PIECES));
    assertThat(pieces(tokenizer, tokenizer.encode("s a", false, true))).isEqualTo("s▁a");
  }

  @Test
  void unknownCharactersBecomeBytes() {
    Tokenizer tokenizer = Tokenizers.from(vocabulary(Optional.of(false), PIECES));
    TokenIds ids = tokenizer.encode("é", false, true);
    assertThat(pieces(tokenizer, ids)).isEqualTo("<0xC3> <0xA9>");
    assertThat(tokenizer.decode(ids, false)).isEqualTo("é");
  }

  @Test
  void spaceInFrontIsAddedAndTakenBack() {
    Tokenizer tokenizer = Tokenizers.from(vocabulary(Optional.empty(), PIECES));
    long seed = 31;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      String text = RandomTexts.wellFormed(random, 20);
      assertThat(tokenizer.decode(tokenizer.encode(text, false, false), false))
          .as("text %d of seed %d", i, seed)
          // A space and its mark are the same to SentencePiece.
          .isEqualTo(text.replace('▁', ' '));
    }
  }

  @Test
  void spacePrefixFollowsSpecialTokensToo() {
    Tokenizer tokenizer = Tokenizers.from(vocabulary(Optional.empty(), PIECES));
    assertThat(pieces(tokenizer, tokenizer.encode("a</s>a", false, true))).isEqualTo("▁a </s> ▁a");
  }

  @Test
  void cuttingAtSpacesChangesNoToken() {
    Vocabulary vocabulary = vocabulary(Optional.of(false), PIECES);
    SentencePieceModel model = new SentencePieceModel(vocabulary);
    TextEncoder uncut = new TextEncoder(PreTokenizer.of().ofCharacters(), model);
    Tokenizer tokenizer = Tokenizers.from(vocabulary);
    long seed = 17;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int i = 0; i < 1000; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(80); j > 0; j--) {
        text.append("the abst".charAt(random.nextInt(8)));
      }
      IntList ids = new IntList(0);
      uncut.session().encode(text.toString(), 0, text.length(), false, ids);
      assertThat(tokenizer.encode(text.toString(), false, false))
          .as("text %d of seed %d", i, seed)
          .isEqualTo(TokenIds.of(ids.from(0)));
    }
  }
}
