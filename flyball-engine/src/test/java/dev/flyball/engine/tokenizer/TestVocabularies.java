package dev.flyball.engine.tokenizer;

import dev.flyball.engine.gguf.GgufFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** Vocabularies for tests. */
final class TestVocabularies {
  private TestVocabularies() {}

  /**
   * The vocabulary of 1024 tokens that all models of {@code golden/logits} have; the file is {@code
   * qwen3moe-q4_0.gguf} of there.
   */
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

  static InputStream resource(String name) {
    InputStream in = TestVocabularies.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException("no test resource " + name);
    }
    return in;
  }
}
