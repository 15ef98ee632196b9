package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.flyball.engine.SharedFolder;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.GoldenModel.Prompt;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds the forward pass to what llama.cpp computes: each prompt whole, in chunks of 7, token by
 * token, and all prompts of a model interleaved in one batch; then the greedy ids.
 */
class GoldenLogitsTest {
  private static final ModelOptions EXACT = new ModelOptions(2, 256, Precision.EXACT);

  private static final Path SHIPPED =
      SharedFolder.repositoryRoot().resolve("flyball-engine/src/test/resources/golden/logits");

  @TempDir private static Path folder;

  @Test
  void shippedModelsGiveTheLogitsOfLlamaCpp() {
    assertAllAgree(GoldenModel.list(SHIPPED), EXACT);
  }

  @Test
  void generatedModelsGiveTheLogitsOfLlamaCpp() throws IOException {
    assertAllAgree(GeneratedGolden.list(folder), EXACT);
  }

  @Test
  void everyModelGivesTheLogitsOfLlamaCppAsTheTableOfModelsSays() throws IOException {
    Path golden = SharedFolder.require("golden/logits");
    List<GoldenModel> models = new ArrayList<>(GoldenModel.list(golden));
    models.addAll(GeneratedGolden.list(folder));
    List<GoldenRow> rows = new ArrayList<>(assertAllAgree(models, EXACT));
    List<GoldenModel> embedding = new ArrayList<>(GoldenModel.listEmbedding(golden));
    embedding.addAll(GeneratedGolden.listEmbedding(folder));
    for (GoldenModel model : embedding) {
      models.add(model);
      rows.add(GoldenEmbeddingsTest.check(model, EXACT));
    }
    if (!GoldenModel.isFiltered()) {
      String table =
          ModelTable.render(models, rows, SharedFolder.require("golden/chat-templates.json"));
      Path written = Files.writeString(Path.of("target/models.md"), table);
      assertThat(SharedFolder.repositoryRoot().resolve("docs/models.md"))
          .as("the table of models: where it changed rightly, copy " + written.toAbsolutePath())
          .hasContent(table);
    }
  }

  @Test
  void everyArchitectureHasItsLineInTheTableOfModels() {
    assertThat(ModelTable.architectures())
        .isSorted()
        .containsExactlyInAnyOrderElementsOf(ModelFamilies.architectures());
  }

  @TestFactory
  List<DynamicTest> generatedCodeIsNoFurtherFromExactLogitsThanLlamaCpp() {
    return onEveryLevel(options -> assertAllAgree(GoldenModel.list(SHIPPED), options));
  }

  @TestFactory
  List<DynamicTest> generatedCodeGivesTheLogitsOfGeneratedModels() throws IOException {
    List<GoldenModel> models = GeneratedGolden.list(folder);
    return onEveryLevel(options -> assertAllAgree(models, options));
  }

  @TestFactory
  List<DynamicTest> generatedCodeIsNoFurtherFromExactLogitsThanLlamaCppForEveryModel() {
    List<GoldenModel> models = GoldenModel.list(SharedFolder.require("golden/logits"));
    return onEveryLevel(options -> assertAllAgree(models, options));
  }

  private static List<DynamicTest> onEveryLevel(Consumer<ModelOptions> test) {
    List<InstructionSet> levels = InstructionSet.supported();
    Assumptions.assumeFalse(levels.isEmpty(), "this machine runs no generated code");
    return levels.stream()
        .map(level -> new ModelOptions(2, 256, Precision.FAST, Optional.of(level)))
        .map(options -> dynamicTest(label(options), () -> test.accept(options)))
        .toList();
  }

  private static String label(ModelOptions options) {
    return options.forcedLevel().map(InstructionSet::label).orElse("plain Java, exact");
  }

  private static List<GoldenRow> assertAllAgree(List<GoldenModel> models, ModelOptions options) {
    Assumptions.assumeFalse(models.isEmpty() && GoldenModel.isFiltered(), "no such model here");
    assertThat(models).isNotEmpty();
    List<GoldenRow> table = new ArrayList<>();
    for (GoldenModel golden : models) {
      table.add(check(golden, options));
    }
    System.out.println(label(options));
    System.out.println(GoldenRow.heading());
    table.forEach(System.out::println);
    assertThat(table).allMatch(GoldenRow::allAgreed);
    return table;
  }

  private static GoldenRow check(GoldenModel golden, ModelOptions options) {
    boolean exact = options.precision() == Precision.EXACT;
    double tolerance = exact ? golden.tolerance() : golden.fastTolerance();
    GoldenRow row = new GoldenRow(golden.name(), tolerance);
    try (LogitProbe probe = LogitProbe.open(golden.file(), options)) {
      for (Prompt prompt : golden.prompts()) {
        row.compare(probe.logits(prompt.ids()), prompt.logits());
        row.compare(probe.logits(prompt.ids(), 7), prompt.logits());
        row.compare(probe.logits(prompt.ids(), 1), prompt.logits());
        int certain = certainIds(prompt, tolerance);
        if (certain > 0) {
          row.count(greedyAgrees(probe, prompt, certain));
        }
      }
    }
    checkInOneBatch(golden, options, row);
    return row;
  }

  /** How many ids the reference is certain of within the tolerance. */
  private static int certainIds(Prompt prompt, double tolerance) {
    int certain = 0;
    while (certain < prompt.margins().length && prompt.margins()[certain] > 2 * tolerance) {
      certain++;
    }
    return certain;
  }

  private static boolean greedyAgrees(LogitProbe probe, Prompt prompt, int certain) {
    int[] actual =
        probe.greedy(prompt.ids(), certain).stream()
            .mapToInt(LogitProbe.GreedyToken::token)
            .toArray();
    return Arrays.equals(actual, Arrays.copyOf(prompt.greedy(), certain));
  }

  private static void checkInOneBatch(GoldenModel golden, ModelOptions options, GoldenRow row) {
    List<TokenIds> texts = golden.prompts().stream().map(Prompt::ids).toList();
    try (LanguageModel model = ModelFamilies.load(GgufFile.open(golden.file()), options);
        KvCache cache = model.newCache(512)) {
      List<KvSequence> sequences =
          texts.stream().map(ids -> cache.tryReserve(ids.size()).orElseThrow()).toList();
      Batch batch = new Batch(model.maxBatchTokens());
      List<Integer> order = new ArrayList<>();
      int longest = texts.stream().mapToInt(TokenIds::size).max().orElseThrow();
      for (int position = 0; position < longest; position++) {
        for (int text = 0; text < texts.size(); text++) {
          TokenIds ids = texts.get(text);
          if (position < ids.size()) {
            boolean last = position == ids.size() - 1;
            batch.add(
                sequences.get(text), ids.get(position), last ? RowOutput.LOGITS : RowOutput.NONE);
            if (last) {
              order.add(text);
            }
          }
        }
      }
      StepOutput output = model.forward(batch);
      for (int i = 0; i < output.rows(); i++) {
        float[] logits =
            Arrays.copyOfRange(
                output.values(i), output.offset(i), output.offset(i) + output.length(i));
        row.compare(logits, golden.prompts().get(order.get(i)).logits());
      }
      cache.checkIntegrity();
      sequences.forEach(KvSequence::close);
    }
  }
}
