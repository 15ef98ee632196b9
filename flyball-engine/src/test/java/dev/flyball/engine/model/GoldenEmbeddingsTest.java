package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.flyball.engine.SharedFolder;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.GoldenModel.Prompt;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Holds embedding models to the pooled vectors of llama.cpp: one text a step, and all in one. */
class GoldenEmbeddingsTest {
  /**
   * Of generated code, in units of llama.cpp's own distance from exact vectors: both round
   * activations to eight bits, each in its way.
   */
  private static final double ROUNDINGS = 1.5;

  private static final Path SHIPPED =
      SharedFolder.repositoryRoot().resolve("flyball-engine/src/test/resources/golden/logits");

  @TempDir private static Path folder;

  @TestFactory
  Stream<DynamicTest> shippedModelsGiveTheVectorsOfLlamaCpp() {
    return onEveryArithmetic(GoldenModel.listEmbedding(SHIPPED));
  }

  @TestFactory
  Stream<DynamicTest> generatedModelsGiveTheVectorsOfLlamaCpp() throws IOException {
    return onEveryArithmetic(GeneratedGolden.listEmbedding(folder));
  }

  @TestFactory
  Stream<DynamicTest> everyModelGivesTheVectorsOfLlamaCpp() {
    return onEveryArithmetic(GoldenModel.listEmbedding(SharedFolder.require("golden/logits")));
  }

  @Test
  void textsThatAreCutAreRefused() {
    GoldenModel golden = GoldenModel.listEmbedding(SHIPPED).getFirst();
    try (LanguageModel model = ModelFamilies.load(GgufFile.open(golden.file()), options(2));
        KvCache cache = model.newCache(64)) {
      KvSequence sequence = cache.tryReserve(5).orElseThrow();
      Batch batch = new Batch(2);
      batch.add(sequence, 1, Batch.RowOutput.HIDDEN);
      batch.add(sequence, 2, Batch.RowOutput.HIDDEN);
      assertThat(model.forward(batch).rows()).isEqualTo(2);
      batch.clear();
      batch.add(sequence, 3, Batch.RowOutput.HIDDEN);
      assertThatThrownBy(() -> model.forward(batch))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("as a whole");
      sequence.close();
    }
  }

  private static ModelOptions options(int tokens) {
    return new ModelOptions(2, tokens, Precision.EXACT);
  }

  private static Stream<DynamicTest> onEveryArithmetic(List<GoldenModel> models) {
    Assumptions.assumeFalse(models.isEmpty() && GoldenModel.isFiltered(), "no such model here");
    assertThat(models).isNotEmpty();
    List<ModelOptions> all = new ArrayList<>();
    all.add(options(256));
    for (InstructionSet level : InstructionSet.supported()) {
      all.add(new ModelOptions(2, 256, Precision.FAST, Optional.of(level)));
    }
    return all.stream()
        .flatMap(
            options ->
                models.stream()
                    .map(
                        golden ->
                            dynamicTest(
                                golden.name() + " " + options, () -> check(golden, options))));
  }

  static GoldenRow check(GoldenModel golden, ModelOptions options) {
    boolean exact = options.precision() == Precision.EXACT;
    GoldenRow row =
        new GoldenRow(
            golden.name(), exact ? golden.tolerance() : ROUNDINGS * golden.fastTolerance());
    try (LogitProbe probe = LogitProbe.open(golden.file(), options)) {
      for (Prompt prompt : golden.prompts()) {
        row.compare(probe.pooled(prompt.ids()), prompt.logits());
      }
    }
    checkInOneBatch(golden, options, row);
    System.out.println(row + "  " + options.forcedLevel().map(InstructionSet::label).orElse(""));
    assertThat(row.allAgreed()).as(row.toString()).isTrue();
    return row;
  }

  /** Token by token in turns: texts are told apart by their sequences, not by where they stand. */
  private static void checkInOneBatch(GoldenModel golden, ModelOptions options, GoldenRow row) {
    List<TokenIds> texts = golden.prompts().stream().map(Prompt::ids).toList();
    try (LanguageModel model = ModelFamilies.load(GgufFile.open(golden.file()), options);
        KvCache cache = model.newCache(512)) {
      List<KvSequence> sequences =
          texts.stream().map(ids -> cache.tryReserve(ids.size()).orElseThrow()).toList();
      List<Pooler> poolers =
          texts.stream()
              .map(_ -> new Pooler(model.config().pooling(), model.config().embeddingLength()))
              .toList();
      Batch batch = new Batch(model.maxBatchTokens());
      List<Pooler> rows = new ArrayList<>();
      int longest = texts.stream().mapToInt(TokenIds::size).max().orElseThrow();
      for (int position = 0; position < longest; position++) {
        for (int text = 0; text < texts.size(); text++) {
          TokenIds ids = texts.get(text);
          if (position < ids.size()) {
            Batch.RowOutput wanted = poolers.get(text).wanted(position, ids.size());
            batch.add(sequences.get(text), ids.get(position), wanted);
            if (wanted != Batch.RowOutput.NONE) {
              rows.add(poolers.get(text));
            }
          }
        }
      }
      StepOutput output = model.forward(batch);
      for (int i = 0; i < output.rows(); i++) {
        rows.get(i).add(output.values(i), output.offset(i));
      }
      for (int text = 0; text < texts.size(); text++) {
        row.compare(
            model.embedding(poolers.get(text).result()), golden.prompts().get(text).logits());
      }
      sequences.forEach(KvSequence::close);
    }
  }
}
