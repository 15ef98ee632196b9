package dev.flyball.engine.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.SharedFolder;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.engine.tokenizer.Tokenizers;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Masks against trying the bytes of every token, with the vocabulary of the model that ships. */
final class TokenMaskTest {
  private static final long SEED = 99;

  private static final List<Grammar> FIXED =
      List.of(
          Grammar.json(),
          Grammar.ofRegex("(é|€|a.c)*"),
          Grammar.ofRegex(".*"),
          Grammar.ofJsonSchema(Map.of("type", "string", "maxLength", 6)),
          Grammar.ofGbnf("root ::= word (\" \" word)* \".\"\nword ::= [a-z]+ | \"(\" root \")\""),
          Grammar.ofParts(
              GrammarPart.sequence(
                  new GrammarPart.TextUntil("ana\n"), new GrammarPart.Pattern("[a-f]{2,}"))));

  private static Tokenizer tokenizer() {
    try (GgufFile file =
        GgufFile.open(SharedFolder.repositoryRoot().resolve("models/fable-5m-q8_0.gguf"))) {
      return Tokenizers.from(file.metadata());
    }
  }

  @Test
  void theMaskIsWhatTryingEveryTokenGives() {
    System.out.println("masks, seed " + SEED);
    Random random = new Random(SEED);
    Tokenizer tokenizer = tokenizer();
    TokenGrammars grammars = new TokenGrammars(tokenizer, tokenizer.size());
    RandomSchema schemas = new RandomSchema(random);
    for (int i = 0; i < 60; i++) {
      Grammar grammar = i < FIXED.size() ? FIXED.get(i) : Grammar.ofJsonSchema(schemas.next(2));
      if (random.nextBoolean()) {
        grammars.prepare(grammar);
      }
      GrammarMatcher matcher = grammars.start(grammar);
      Recogniser twin = new Recogniser(grammar.automaton());
      Recogniser.State state = twin.start();
      for (int step = 0; step < 12 && !matcher.isOver(); step++) {
        int chosen = -1;
        float[] logits = new float[tokenizer.size()];
        matcher.mask(logits);
        int[] order = order(tokenizer.size(), random);
        for (int token : order) {
          boolean allowed = allows(twin, state, tokenizer, token);
          assertThat(logits[token] == 0).as("%s token %d", grammar, token).isEqualTo(allowed);
          chosen = allowed && !tokenizer.isEndOfGeneration(token) ? token : chosen;
        }
        if (chosen < 0) {
          break;
        }
        matcher.accept(chosen);
        state = after(state, tokenizer.bytes(chosen, false));
      }
    }
  }

  private static boolean allows(
      Recogniser twin, Recogniser.State state, Tokenizer tokenizer, int token) {
    twin.startWork();
    if (tokenizer.isEndOfGeneration(token)) {
      return state.isAccepting();
    }
    byte[] bytes = tokenizer.bytes(token, false);
    return bytes.length > 0 && after(state, bytes) != twin.dead();
  }

  private static Recogniser.State after(Recogniser.State state, byte[] bytes) {
    Recogniser.State next = state;
    for (byte value : bytes) {
      next = next.after(value & 0xFF);
    }
    return next;
  }

  private static int[] order(int size, Random random) {
    Integer[] order = new Integer[size];
    Arrays.setAll(order, i -> i);
    Collections.shuffle(Arrays.asList(order), random);
    return Arrays.stream(order).mapToInt(i -> i).toArray();
  }
}
