package dev.flyball.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GbnfGrammarTest {
  @Test
  void anArithmeticGrammarIsReadOverLinesAndComments() {
    Grammar grammar =
        Grammar.ofGbnf(
            """
            # sums
            root ::= (expr "=" ws term "\\n"){1,2}
            expr ::= term ([-+*/] term)*   # no precedence
            term ::= ident | num |
              "(" ws expr ")" ws
            ident ::= [a-z] [a-z0-9_]* ws
            num ::= [0-9]+ ws
            ws ::= [ \\t\\n]*
            """);
    for (String text : new String[] {"a=1\n", "(a +2)*b=c\n", "x=1\ny=2\n"}) {
      assertThat(Texts.accepts(grammar, text)).as(text).isTrue();
    }
    for (String text : new String[] {"", "a=1", "(a=1\n", "A=1\n", "x=1\ny=2\nz=3\n"}) {
      assertThat(Texts.accepts(grammar, text)).as(text).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "root ::= \"a\"? [^a\\n] . | ab😀;éx | aa;a",
        "root ::= [\\x41-\\x43\\u00e9]{2,} | AB;éCA | A;AD",
        "root ::= \"\\\"\\\\\\x41\" | \"\\A | \"",
        "root ::= \"(\" root? \")\" | ();(()) | (;(();x"
      })
  void elementsMeanWhatTheirDescriptionSays(String text, String accepted, String rejected) {
    Grammar grammar = Grammar.ofGbnf(text);
    for (String word : accepted.split(";", -1)) {
      assertThat(Texts.accepts(grammar, word)).as(word).isTrue();
    }
    for (String word : rejected.split(";", -1)) {
      assertThat(Texts.accepts(grammar, word)).as(word).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a ::= \"x\" | no rule called root",
        "root ::= b | no rule called b",
        "root ::= root \"a\" ; | line 1, column 19",
        "root ::= root \"a\" | the rule root refers to itself before it reads anything",
        "root ::= \"a | it ends too early",
        "root ::= [b-a] | the range is empty",
        "root ::= \"a\"{3,1} | upper limit",
        "root ::= \"a\"{9999999} | the number is too large",
        "root ::= \"\\q\" | means nothing",
        "root = \"a\" | '::=' is missing"
      })
  void mistakesAreNamedWithTheirPlace(String text, String message) {
    assertThatThrownBy(() -> Grammar.ofGbnf(text))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(message);
  }
}
