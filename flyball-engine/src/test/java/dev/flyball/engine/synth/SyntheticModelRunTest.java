package dev.flyball.engine.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.engine.tokenizer.Tokenizers;
import dev.flyball.kernels.TensorType;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Synthetic models go through the engine as real ones do. */
class SyntheticModelRunTest {
  private static final String EXPERTS =
      "layers=2,dim=256,ffn=512,heads=4,kv-heads=2,vocab=512,context=64,experts=4,experts-used=2";
  private static final ModelShape LLAMA3 =
      new ModelShape(
          "llama3", 2, 256, 512, 4, 2, 64, 512, 131_072, 0, 0, true, RopeShape.llama3(500_000, 32));

  @TempDir private Path folder;

  private Path write(SyntheticShape shape, TensorType type) {
    Path path = folder.resolve("model.gguf");
    SyntheticModel.write(shape, type, 5, path, (bytes, total) -> {});
    return path;
  }

  @ParameterizedTest
  @CsvSource({"F32", "BF16", "Q4_0", "Q2_K", "Q4_K", "Q6_K", "IQ4_XS", "MXFP4"})
  void logitsStaySane(TensorType type) {
    assertSaneLogits(write(ModelShape.parse("tiny"), type));
  }

  @Test
  void mixturesOfExpertsAndStretchedPositionsRun() {
    assertSaneLogits(write(ModelShape.parse(EXPERTS), TensorType.Q8_0));
    assertSaneLogits(write(LLAMA3, TensorType.Q8_0));
  }

  /** The real widths, but no more layers than it takes to have one of each kind. */
  @ParameterizedTest
  @CsvSource({
    "QWEN35, 4",
    "GRANITE_HYBRID, 6",
    "LFM2, 3",
    "GEMMA3, 6",
    "DEEPSEEK2, 2",
    "GPT_OSS, 2"
  })
  void everyOtherFamilyAnswers(FamilyShape.Family family, int layers) {
    assertSaneLogits(
        write(
            new FamilyShape("cut", family, layers, ModelShape.MINIMUM_VOCABULARY),
            TensorType.Q4_0));
  }

  @Test
  void textsGetVectors() {
    FamilyShape shape =
        new FamilyShape("cut", FamilyShape.Family.BERT, 2, ModelShape.MINIMUM_VOCABULARY);
    try (LogitProbe probe =
        LogitProbe.open(write(shape, TensorType.Q8_0), ModelOptions.threads(1))) {
      float[] vector = probe.pooled(TokenIds.of(72, 101, 108, 108, 111));
      double squares = 0;
      for (float value : vector) {
        squares += (double) value * value;
      }
      assertThat(vector).hasSize(768);
      assertThat(Double.isFinite(squares)).isTrue();
      assertThat(squares).isPositive();
    }
  }

  @Test
  void familiesWithoutLayersOrTokensAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FamilyShape("cut", FamilyShape.Family.LFM2, 0, 1000))
        .withMessage("0 layers are not between 1 and 256");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FamilyShape("cut", FamilyShape.Family.LFM2, 2, 100))
        .withMessageContaining("100 tokens are not between 512 and");
  }

  @Test
  void everyNameParsesToItsShape() {
    for (SyntheticShape shape : SyntheticShape.named()) {
      assertThat(SyntheticShape.parse(shape.name())).isEqualTo(shape);
    }
    assertThat(SyntheticShape.parse(EXPERTS)).isEqualTo(ModelShape.parse(EXPERTS));
  }

  /** Logits of about 1 in size that differ from each other: neither vanished nor exploded. */
  private static void assertSaneLogits(Path file) {
    try (LogitProbe probe = LogitProbe.open(file, ModelOptions.threads(1))) {
      float[] logits = probe.logits(TokenIds.of(72, 101, 108, 108, 111));
      double squares = 0;
      Set<Float> distinct = new HashSet<>();
      for (float logit : logits) {
        squares += (double) logit * logit;
        distinct.add(logit);
      }
      assertThat(Math.sqrt(squares / logits.length)).isBetween(0.3, 5.0);
      assertThat(distinct).hasSizeGreaterThan(logits.length / 2);
    }
  }

  @Test
  void anyTextComesBackFromItsTokens() {
    String text = "the Rhine's 3 rivers\n\tGrüße, 火の鳥 🪶 <|unused_1|>";
    try (GgufFile file = GgufFile.open(write(ModelShape.parse("tiny"), TensorType.Q4_0))) {
      Tokenizer tokenizer = Tokenizers.from(file.metadata());

      TokenIds ids = tokenizer.encode(text, false, false);

      assertThat(tokenizer.decode(ids, false)).isEqualTo(text);
    }
  }
}
