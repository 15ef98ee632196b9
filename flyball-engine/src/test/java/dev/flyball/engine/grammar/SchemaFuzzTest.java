package dev.flyball.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.engine.EngineException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

final class SchemaFuzzTest {
  private static final long SEED = 4711;

  @Test
  void everyTextOfASchemaSatisfiesIt() throws Exception {
    System.out.println("schemas, seed " + SEED);
    Random random = new Random(SEED);
    RandomSchema schemas = new RandomSchema(random);
    int checked = 0;
    for (int i = 0; i < 300; i++) {
      Map<String, Object> schema = schemas.next(3);
      Grammar grammar = Grammar.ofJsonSchema(schema);
      SchemaValidator validator = new SchemaValidator(Texts.JSON.valueToTree(schema));
      for (int j = 0; j < 6; j++) {
        Optional<String> text = Texts.random(grammar, random, 400);
        if (text.isPresent()) {
          JsonNode value = Texts.JSON.readTree(text.get());
          assertThat(validator.isValid(value))
              .as("%s makes %s", JsonLiteral.text(schema), text.get())
              .isTrue();
          checked++;
        }
      }
    }
    assertThat(checked).isGreaterThan(1000);
  }

  @Test
  void aNumberIsAcceptedIfAndOnlyIfItIsWithinItsLimits() throws Exception {
    Random random = new Random(SEED);
    for (int i = 0; i < 300; i++) {
      String low = decimal(random);
      String high = decimal(random);
      boolean ordered = Double.parseDouble(low) < Double.parseDouble(high);
      String schema =
          "{\"type\":\"number\",\"%s\":%s,\"%s\":%s}"
              .formatted(
                  random.nextBoolean() ? "minimum" : "exclusiveMinimum",
                  ordered ? low : high,
                  random.nextBoolean() ? "maximum" : "exclusiveMaximum",
                  ordered ? high : low);
      if (Double.parseDouble(low) == Double.parseDouble(high)) {
        continue;
      }
      Grammar grammar = Grammar.ofJsonSchema(Texts.tree(schema));
      SchemaValidator validator = new SchemaValidator(Texts.JSON.readTree(schema));
      for (int j = 0; j < 40; j++) {
        String text = j < 2 ? (j == 0 ? low : high) : decimal(random);
        assertThat(Texts.accepts(grammar, text))
            .as("%s on %s", schema, text)
            .isEqualTo(validator.isValid(Texts.JSON.readTree(text)));
      }
    }
  }

  private static String decimal(Random random) {
    String number = Integer.toString(random.nextInt(31) - 15);
    return random.nextBoolean() ? number : number + "." + random.nextInt(120);
  }

  @Test
  void frontEndsThrowNothingButEngineExceptions() {
    Random random = new Random(SEED);
    List<String> seeds =
        List.of(
            "^(a|[b-d]{2,3})*?\\d\\u00e9$(?:x)+",
            "root ::= \"a\" [^b-d]+ (x | y)* {2,3}\nx ::= . \"\\x41\"\ny ::= x? # z\n");
    for (int i = 0; i < 4000; i++) {
      String text = mutated(seeds.get(i % 2), random);
      attempt(text, Grammar::ofRegex);
      attempt(text, Grammar::ofGbnf);
    }
    for (String nested : List.of("(", "[", "a*", "a|", "((a){2}", "(a?){3}")) {
      attempt(nested.repeat(20_000), Grammar::ofRegex);
      attempt("root ::= " + nested.repeat(20_000), Grammar::ofGbnf);
    }
  }

  private static void attempt(String text, Consumer<String> frontEnd) {
    try {
      frontEnd.accept(text);
    } catch (EngineException e) {
      assertThat(e).hasMessageNotContaining("null");
    } catch (RuntimeException | StackOverflowError e) {
      fail("on " + text.substring(0, Math.min(200, text.length())), e);
    }
  }

  private static String mutated(String text, Random random) {
    StringBuilder mutated = new StringBuilder(text);
    String alphabet = "()[]{}|*+?^$\\.-\"ab0x1,:=\n#u€\uD83D";
    for (int edits = 1 + random.nextInt(6); edits > 0; edits--) {
      int at = random.nextInt(mutated.length());
      char inserted = alphabet.charAt(random.nextInt(alphabet.length()));
      switch (random.nextInt(3)) {
        case 0 -> mutated.insert(at, inserted);
        case 1 -> mutated.setCharAt(at, inserted);
        default -> mutated.deleteCharAt(at);
      }
    }
    return mutated.toString();
  }
}
