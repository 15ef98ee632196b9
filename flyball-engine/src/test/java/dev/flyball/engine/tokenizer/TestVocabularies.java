package dev.flyball.engine.tokenizer;

import dev.flyball.engine.gguf.GgufFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;

/** Vocabularies for tests. */
final class TestVocabularies {
  private TestVocabularies() {}

  /** The vocabulary of 1024 tokens that all models of {@code golden/logits} have. */
  static Vocabulary small() {
    try {
      Path file = Files.createTempFile("vocabulary", ".gguf");
      try (InputStream in = resource("vocabulary.gguf")) {
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        return read(file);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Vocabulary read(Path file) {
    try (GgufFile gguf = GgufFile.open(file)) {
      return GgufVocabulary.read(gguf.metadata());
    }
  }

  /** The same vocabulary with another pre-tokenizer. */
  static Vocabulary withPre(Vocabulary vocabulary, String pre) {
    return new Vocabulary(
        vocabulary.model(),
        Optional.of(pre),
        vocabulary.tokens(),
        vocabulary.merges(),
        vocabulary.roles(),
        vocabulary.addBos(),
        vocabulary.addEos(),
        vocabulary.addSpacePrefix(),
        vocabulary.modelName(),
        vocabulary.architecture());
  }

  /** A vocabulary that says nothing but its tokens and merges. */
  static Vocabulary plain(
      String model,
      Iterable<Vocabulary.Token> tokens,
      Iterable<Vocabulary.Merge> merges,
      Map<String, Integer> roles) {
    return new Vocabulary(
        model,
        Optional.of("gpt-2"),
        copy(tokens),
        copy(merges),
        roles,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        "");
  }

  private static <T> java.util.List<T> copy(Iterable<T> values) {
    java.util.List<T> list = new java.util.ArrayList<>();
    values.forEach(list::add);
    return list;
  }

  static InputStream resource(String name) {
    InputStream in = TestVocabularies.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException("no test resource " + name);
    }
    return in;
  }
}
