package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufValueType;
import dev.flyball.engine.gguf.GgufWriter;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.engine.tokenizer.Tokenizers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContinuationTextTest {
  private static final int NORMAL = 1;
  private static final int CONTROL = 3;

  @TempDir Path folder;

  @Test
  void theSpaceBeforeTheFirstWordAfterAPromptIsKept() {
    try (TestEngine engine = new TestEngine(new TestModel(), words(), 1, 9)) {
      String letters = TestEngine.greedyText("steam", 6);
      String text = engine.run(TestEngine.greedy("steam", 6)).text();
      assertThat(text).isEqualTo(" " + String.join(" ", letters.split("")));
    }
  }

  /** SentencePiece with the words {@code ▁a} to {@code ▁z} in the place of the letters. */
  private Tokenizer words() {
    List<String> tokens = new ArrayList<>();
    for (char letter = 'a'; letter <= 'z'; letter++) {
      tokens.add("▁" + letter);
    }
    tokens.add("</s>");
    long[] types = new long[TestTokenizer.SIZE];
    Arrays.fill(types, NORMAL);
    types[TestTokenizer.END] = CONTROL;
    Path file = folder.resolve("words.gguf");
    new GgufWriter()
        .putString("general.architecture", "llama")
        .putString("tokenizer.ggml.model", "llama")
        .putStrings("tokenizer.ggml.tokens", tokens)
        .putNumbers("tokenizer.ggml.scores", GgufValueType.FLOAT32, new double[tokens.size()])
        .putIntegers("tokenizer.ggml.token_type", GgufValueType.INT32, types)
        .putInteger("tokenizer.ggml.eos_token_id", GgufValueType.UINT32, TestTokenizer.END)
        .write(file);
    try (GgufFile gguf = GgufFile.open(file)) {
      return Tokenizers.from(gguf.metadata());
    }
  }
}
