package dev.flyball.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.tokenizer.Vocabulary.Merge;
import dev.flyball.engine.tokenizer.Vocabulary.Token;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SpecialTokensTest {
  private static final List<Merge> MERGES = List.of(new Merge("a", "b"));

  private static Token normal(String text) {
    return new Token(text, 0, TokenType.NORMAL);
  }

  private static Token control(String text) {
    return new Token(text, 0, TokenType.CONTROL);
  }

  private static Token userDefined(String text) {
    return new Token(text, 0, TokenType.USER_DEFINED);
  }

  /** Letters a to z, the space, {@code <}, {@code >}, then more. */
  private static Vocabulary bytePair(String modelName, Map<String, Integer> roles, Token... more) {
    List<Token> tokens = new ArrayList<>();
    for (char c = 'a'; c <= 'z'; c++) {
      tokens.add(normal(String.valueOf(c)));
    }
    tokens.add(normal("Ġ"));
    tokens.add(normal("<"));
    tokens.add(normal(">"));
    tokens.addAll(List.of(more));
    return new Vocabulary(
        "gpt2",
        Optional.of("llama-bpe"),
        tokens,
        MERGES,
        roles,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        modelName,
        "llama");
  }

  private static String pieces(Tokenizer tokenizer, TokenIds ids) {
    return String.join("|", ids.stream().mapToObj(tokenizer::piece).toList());
  }

  @Test
  void controlTokensAreTextUnlessAskedFor() {
    Tokenizer tokenizer = Tokenizers.from(bytePair("", Map.of(), control("<s>")));
    assertThat(pieces(tokenizer, tokenizer.encode("a<s>b", false, false))).isEqualTo("a|<|s|>|b");
    assertThat(pieces(tokenizer, tokenizer.encode("a<s>b", false, true))).isEqualTo("a|<s>|b");
  }

  @Test
  void userDefinedTokensAreAlwaysTakenWhole() {
    Tokenizer tokenizer = Tokenizers.from(bytePair("", Map.of(), userDefined("<s>")));
    assertThat(pieces(tokenizer, tokenizer.encode("a<s>b", false, false))).isEqualTo("a|<s>|b");
  }

  @Test
  void longerTokensWinOverEarlierOnes() {
    Tokenizer tokenizer =
        Tokenizers.from(bytePair("", Map.of(), userDefined("<a"), userDefined("abc>")));
    assertThat(pieces(tokenizer, tokenizer.encode("<abc>", false, false))).isEqualTo("<|abc>");
    assertThat(pieces(tokenizer, tokenizer.encode("<abd", false, false))).isEqualTo("<a|b|d");
  }

  @Test
  void phi3DropsWhiteSpaceBehindItsSpecialTokens() {
    Tokenizer phi =
        Tokenizers.from(bytePair("Phi-3-mini", Map.of(), control("<|end|>"), control("<s>")));
    TokenIds ids = phi.encode("a<|end|> \n a<s> a", false, true);
    assertThat(pieces(phi, ids)).isEqualTo("a|<|end|>|a|<s>|Ġ|a");
  }

  @Test
  void bosIsAddedWhereTheFileOrThePreTokenizerSaysSo() {
    Tokenizer tokenizer =
        Tokenizers.from(
            bytePair("", Map.of("bos", 29, "eos", 30), control("<s>"), control("</s>")));
    assertThat(pieces(tokenizer, tokenizer.encode("ab", true, true))).isEqualTo("<s>|a|b");
    assertThat(pieces(tokenizer, tokenizer.encode("ab", false, true))).isEqualTo("a|b");
    assertThat(tokenizer.bos()).isEqualTo(OptionalInt.of(29));
    assertThat(tokenizer.eos()).isEqualTo(OptionalInt.of(30));
  }

  @Test
  void tokensThatEndATurnAreKnownByRoleAndByText() {
    Tokenizer tokenizer =
        Tokenizers.from(
            bytePair(
                "",
                Map.of("eos", 29, "eot", 30),
                control("<stop>"),
                control("<turn>"),
                control("<|im_end|>"),
                normal("<|eot_id|>"),
                control("<|im_start|>")));
    assertThat(tokenizer.isEndOfGeneration(29)).isTrue();
    assertThat(tokenizer.isEndOfGeneration(30)).isTrue();
    assertThat(tokenizer.isEndOfGeneration(31)).isTrue();
    assertThat(tokenizer.isEndOfGeneration(32)).isTrue();
    assertThat(tokenizer.isControl(32)).as("a text that ends a turn is control").isTrue();
    assertThat(tokenizer.isEndOfGeneration(33)).isFalse();
    assertThat(tokenizer.isEndOfGeneration(0)).isFalse();
  }

  @Test
  void endOfAPartIsNoEndInTheHarmonyFormat() {
    Tokenizer tokenizer =
        Tokenizers.from(
            bytePair("", Map.of(), control("<|return|>"), control("<|call|>"), control("<|end|>")));
    assertThat(tokenizer.isEndOfGeneration(29)).isTrue();
    assertThat(tokenizer.isEndOfGeneration(30)).isTrue();
    assertThat(tokenizer.isEndOfGeneration(31)).isFalse();
  }

  @Test
  void controlTokensAreShownOnlyOnRequest() {
    Tokenizer tokenizer = Tokenizers.from(bytePair("", Map.of(), control("<s>")));
    TokenIds ids = TokenIds.of(0, 29, 26, 1);
    assertThat(tokenizer.decode(ids, false)).isEqualTo("a b");
    assertThat(tokenizer.decode(ids, true)).isEqualTo("a<s> b");
  }
}
