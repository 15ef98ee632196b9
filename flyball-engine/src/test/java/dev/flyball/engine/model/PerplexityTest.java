package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.flyball.engine.SharedFolder;
import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.evaluate.Perplexity;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.engine.tokenizer.Tokenizers;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PerplexityTest {
  @TempDir private Path folder;

  @Test
  void secondHalvesOfWholeWindowsAreScored() {
    Path file = new TinyLlama(new Random(7), Map.of(), Set.of()).write(folder.resolve("t.gguf"));
    TokenIds ids = TokenIds.of(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3);
    double expected = 0;
    try (LogitProbe probe = LogitProbe.open(file, new ModelOptions(1, 3))) {
      // two windows of 6, whose first token becomes 2, and a rest
      expected += surprise(probe, 5, 2, 1, 4, 1) + surprise(probe, 9, 2, 1, 4, 1, 5);
      expected += surprise(probe, 5, 2, 6, 5, 3) + surprise(probe, 8, 2, 6, 5, 3, 5);
    }
    try (LanguageModel model = ModelFamilies.load(GgufFile.open(file), new ModelOptions(1, 3))) {
      Perplexity all = Perplexity.of(model, ids, OptionalInt.of(2), 6, Integer.MAX_VALUE);
      assertThat(all.scoredTokens()).isEqualTo(4);
      assertThat(all.value()).isCloseTo(Math.exp(expected / 4), within(1e-4));
      assertThat(Perplexity.of(model, ids, OptionalInt.of(2), 6, 1).scoredTokens()).isEqualTo(2);
      assertThatThrownBy(() -> Perplexity.of(model, ids, OptionalInt.empty(), 17, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("16 tokens do not fill a window of 17");
    }
  }

  private static double surprise(LogitProbe probe, int next, int... before) {
    float[] logits = probe.logits(TokenIds.of(before));
    double total = 0;
    for (float logit : logits) {
      total += Math.exp(logit);
    }
    return Math.log(total) - logits[next];
  }

  @Test
  void generatedCodePredictsTheDemoModelsTextAsWellAsPlainJava() {
    Path file = SharedFolder.require("models/fable-5m-q8_0.gguf");
    double exact = ofHeldOutText(file, Precision.EXACT, 6).value();
    double fast = ofHeldOutText(file, Precision.FAST, 6).value();
    System.out.printf("perplexity of 6 windows: exact %.4f, fast %.4f%n", exact, fast);
    assertThat(fast).isCloseTo(exact, withinPercentage(0.5));
  }

  /** The figures of the models' card are llama.cpp's, over the whole text. */
  static Perplexity ofHeldOutText(Path file, Precision precision, int maxWindows) {
    String text;
    try {
      text = Files.readString(SharedFolder.require("models/heldout.txt"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (GgufFile gguf = GgufFile.open(file)) {
      TokenIds ids = Tokenizers.from(gguf.metadata()).encode(text, true, false);
      try (LanguageModel model =
          ModelFamilies.load(GgufFile.open(file), new ModelOptions(2, 512, precision))) {
        return Perplexity.of(model, ids, OptionalInt.empty(), 512, maxWindows);
      }
    }
  }
}
