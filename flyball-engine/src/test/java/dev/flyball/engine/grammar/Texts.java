package dev.flyball.engine.grammar;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Reads texts by grammars byte by byte, and makes texts of them. */
final class Texts {
  static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private Texts() {}

  static @Nullable Object tree(String json) {
    try {
      return JSON.readValue(json, new TypeReference<@Nullable Object>() {});
    } catch (IOException e) {
      throw new UncheckedIOException(json, e);
    }
  }

  static boolean accepts(Grammar grammar, String text) {
    Recogniser recogniser = new Recogniser(grammar.automaton());
    Recogniser.State state = recogniser.start();
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
      recogniser.startWork();
      state = state.after(value & 0xFF);
    }
    return state.isAccepting();
  }

  /** A random text of the language, or nothing where a walk of so many bytes has not ended. */
  static Optional<String> random(Grammar grammar, Random random, int maxBytes) {
    Recogniser recogniser = new Recogniser(grammar.automaton());
    Recogniser.State state = recogniser.start();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (bytes.size() < maxBytes) {
      if (state.isAccepting() && (state.isFinal() || random.nextInt(4) == 0)) {
        return Optional.of(bytes.toString(StandardCharsets.UTF_8));
      }
      recogniser.startWork();
      Recogniser.State next = recogniser.dead();
      int value = 0;
      for (int tries = 0; next == recogniser.dead(); tries++) {
        value = tries < 3000 ? likely(random) : tries % 256;
        next = state.after(value);
      }
      bytes.write(value);
      state = next;
    }
    return Optional.empty();
  }

  /** Bytes that close what is open are likely, so that texts end. */
  private static int likely(Random random) {
    return random.nextInt(3) == 0
        ? "\"}],:".charAt(random.nextInt(5))
        : random.nextInt(10) == 0 ? random.nextInt(256) : 32 + random.nextInt(95);
  }
}
