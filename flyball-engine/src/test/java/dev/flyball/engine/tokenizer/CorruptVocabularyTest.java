package dev.flyball.engine.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damages a real file and demands an error for people, or a tokenizer that works. */
class CorruptVocabularyTest {
  @TempDir private Path folder = Path.of("");

  private static byte[] file() throws IOException {
    try (InputStream in = TestVocabularies.resource("vocabulary.gguf")) {
      return in.readAllBytes();
    }
  }

  private Tokenizer open(byte[] content) throws IOException {
    Path path = Files.write(folder.resolve("damaged.gguf"), content);
    try (GgufFile gguf = GgufFile.open(path)) {
      return Tokenizers.from(gguf.metadata());
    }
  }

  /** Replaces the first occurrence of a text by another of the same length. */
  private static byte[] replaced(byte[] content, String old, String replacement) {
    String latin = new String(content, StandardCharsets.ISO_8859_1);
    int at = latin.indexOf(old);
    byte[] result = content.clone();
    byte[] added = replacement.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(added, 0, result, at, added.length);
    return result;
  }

  @Test
  void unknownPreTokenizerIsNamed() throws IOException {
    byte[] content = replaced(file(), "gpt-2", "gpt-x");
    assertThatThrownBy(() -> open(content))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.error()).isEqualTo(EngineError.UNSUPPORTED_MODEL))
        .hasMessageContaining("tokenizer.ggml.pre \"gpt-x\"")
        .hasMessageContaining("llama-bpe");
  }

  @Test
  void unknownAlgorithmIsNamed() throws IOException {
    byte[] content = replaced(file(), "gpt2", "rwkv");
    assertThatThrownBy(() -> open(content))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.error()).isEqualTo(EngineError.UNSUPPORTED_MODEL))
        .hasMessageContaining("tokenizer.ggml.model \"rwkv\"");
  }

  @Test
  void damagedMetadataGivesAnErrorOrAWorkingTokenizer() throws IOException {
    long seed = 8;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    byte[] sound = file();
    int metadataBytes = new String(sound, StandardCharsets.ISO_8859_1).indexOf("token_embd.weight");
    int refused = 0;
    for (int round = 0; round < 2000; round++) {
      byte[] damaged = sound.clone();
      for (int i = 1 + random.nextInt(8); i > 0; i--) {
        damaged[random.nextInt(metadataBytes)] = (byte) random.nextInt(256);
      }
      try {
        Tokenizer tokenizer = open(damaged);
        TokenIds ids = tokenizer.encode(RandomTexts.wellFormed(random, 20), true, true);
        assertThat(tokenizer.decode(ids, true)).isNotNull();
      } catch (EngineException e) {
        assertThat(e).as("round %d of seed %d", round, seed).hasMessageMatching("(?s).{10,}");
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }
}
