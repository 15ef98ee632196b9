package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.lora.LoraFile;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.GoldenModel.Prompt;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Holds models with adapters to what llama.cpp computes with them. */
class GoldenAdapterTest {
  /** Of generated code, in units of llama.cpp's own distance from exact logits. */
  private static final double ROUNDINGS = 1.5;

  @TempDir private Path folder;

  @Test
  void adaptedModelsGiveTheLogitsOfLlamaCpp() throws IOException {
    List<GoldenModel> golden = GeneratedGolden.listAdapted(folder);
    List<ModelOptions> all = new ArrayList<>();
    all.add(new ModelOptions(2, 256, Precision.EXACT));
    InstructionSet.supported()
        .forEach(level -> all.add(new ModelOptions(2, 256, Precision.FAST, Optional.of(level))));
    for (ModelOptions options : all) {
      List<GoldenRow> rows = new ArrayList<>();
      for (int i = 0; i < golden.size(); i++) {
        rows.add(check(AdaptedModel.all().get(i), golden.get(i), options));
      }
      System.out.println(options.forcedLevel().map(InstructionSet::label).orElse("exact"));
      rows.forEach(System.out::println);
      assertThat(rows).allMatch(GoldenRow::allAgreed);
    }
  }

  /** Of the last bit: the next projection rounds to eight bits, where it would grow. */
  @TestFactory
  Stream<DynamicTest> answersDoNotDependOnWhoElseIsServed() throws IOException {
    AdaptedModel adapted = AdaptedModel.all().get(2);
    Path base = adapted.base().write(folder.resolve("base.gguf"));
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      TinyAdapter adapter = TinyAdapter.of(base, new Random(i), "attn_|ffn_", 8);
      files.add(adapter.write(folder.resolve(i + ".gguf")));
    }
    return InstructionSet.supported().stream()
        .map(level -> new ModelOptions(2, 256, Precision.FAST, Optional.of(level)))
        .map(
            options ->
                dynamicTest(
                    options.toString(), () -> assertSameInAnyCompany(base, files, options)));
  }

  private static void assertSameInAnyCompany(Path base, List<Path> files, ModelOptions options) {
    try (LanguageModel model = ModelFamilies.load(GgufFile.open(base), options);
        KvCache cache = model.newCache(512);
        LoraFile first = LoraFile.open(files.get(0));
        LoraFile second = LoraFile.open(files.get(1));
        Adapter one = model.adapter(first);
        Adapter other = model.adapter(second)) {
      AdapterMix both =
          new AdapterMix(List.of(new AdapterMix.Part(one, 1), new AdapterMix.Part(other, 0.5f)));
      AdapterMix alone = new AdapterMix(List.of(new AdapterMix.Part(other, 1)));
      float[] expected = lastOf(model, cache, List.of(both), 40);
      for (List<AdapterMix> company :
          List.of(
              List.of(AdapterMix.NONE, both),
              List.of(alone, both),
              List.of(alone, AdapterMix.NONE, both, alone, both))) {
        for (int chunk : new int[] {40, 13, 3, 1}) {
          assertThat(lastOf(model, cache, company, chunk)).isEqualTo(expected);
        }
      }
    }
  }

  /** The last sequence's logits after 40 tokens, of which the others have others. */
  private static float[] lastOf(
      LanguageModel model, KvCache cache, List<AdapterMix> mixes, int chunk) {
    List<KvSequence> sequences =
        mixes.stream().map(_ -> cache.tryReserve(40).orElseThrow()).toList();
    Batch batch = new Batch(model.maxBatchTokens());
    float[] logits = {};
    for (int from = 0; from < 40; from += chunk) {
      batch.clear();
      for (int s = 0; s < mixes.size(); s++) {
        for (int i = from; i < Math.min(40, from + chunk); i++) {
          int token = (7 * i + 31 * (mixes.size() - s)) % TinyVocabulary.SIZE;
          RowOutput output = i == 39 ? RowOutput.LOGITS : RowOutput.NONE;
          batch.add(sequences.get(s), token, output, mixes.get(s));
        }
      }
      StepOutput output = model.forward(batch);
      logits = output.rows() == 0 ? logits : row(output, output.rows() - 1);
    }
    sequences.forEach(KvSequence::discard);
    return logits;
  }

  private GoldenRow check(AdaptedModel adapted, GoldenModel golden, ModelOptions options) {
    boolean exact = options.precision() == Precision.EXACT;
    double fast = adapted.base().isQuantised() ? ROUNDINGS : 1;
    GoldenRow row =
        new GoldenRow(adapted.name(), exact ? golden.tolerance() : fast * golden.fastTolerance());
    List<float[]> plain = plainLogits(golden, options);
    List<Adapter> loaded = new ArrayList<>();
    try (LanguageModel model = ModelFamilies.load(GgufFile.open(golden.file()), options);
        KvCache cache = model.newCache(1024)) {
      List<AdapterMix.Part> parts = new ArrayList<>();
      for (int i = 0; i < adapted.parts().size(); i++) {
        try (LoraFile file = LoraFile.open(adapted.writeAdapters(folder).get(i))) {
          loaded.add(model.adapter(file));
        }
        parts.add(new AdapterMix.Part(loaded.get(i), adapted.parts().get(i).scale()));
      }
      AdapterMix mix = new AdapterMix(parts);
      for (Prompt prompt : golden.prompts()) {
        for (int chunk : new int[] {prompt.ids().size(), 7, 1}) {
          row.compare(logits(model, cache, prompt.ids(), mix, chunk), prompt.logits());
        }
      }
      compareInOneBatch(row, model, cache, golden, mix, plain);
    } finally {
      loaded.forEach(Adapter::close);
    }
    return row;
  }

  private static List<float[]> plainLogits(GoldenModel golden, ModelOptions options) {
    try (LogitProbe probe = LogitProbe.open(golden.file(), options)) {
      return golden.prompts().stream().map(prompt -> probe.logits(prompt.ids())).toList();
    }
  }

  private static float[] logits(
      LanguageModel model, KvCache cache, TokenIds ids, AdapterMix mix, int chunk) {
    Batch batch = new Batch(model.maxBatchTokens());
    float[] logits = {};
    try (KvSequence sequence = cache.tryReserve(ids.size()).orElseThrow()) {
      for (int from = 0; from < ids.size(); from += chunk) {
        batch.clear();
        for (int i = from; i < Math.min(ids.size(), from + chunk); i++) {
          RowOutput output = i == ids.size() - 1 ? RowOutput.LOGITS : RowOutput.NONE;
          batch.add(sequence, ids.get(i), output, mix);
        }
        StepOutput output = model.forward(batch);
        logits = output.rows() == 0 ? logits : row(output, 0);
      }
    }
    return logits;
  }

  private static float[] row(StepOutput output, int row) {
    int from = output.offset(row);
    return Arrays.copyOfRange(output.values(row), from, from + output.length(row));
  }

  /** The shorter prompts, each with the adapters and without, in turns. */
  private static void compareInOneBatch(
      GoldenRow row,
      LanguageModel model,
      KvCache cache,
      GoldenModel golden,
      AdapterMix mix,
      List<float[]> plain) {
    Batch batch = new Batch(model.maxBatchTokens());
    List<float[]> expected = new ArrayList<>();
    List<KvSequence> sequences =
        Stream.generate(() -> cache.tryReserve(64).orElseThrow()).limit(4).toList();
    for (int i = 0; i < 40; i++) {
      for (int s = 0; s < sequences.size(); s++) {
        Prompt prompt = golden.prompts().get(s / 2);
        if (i < prompt.ids().size()) {
          boolean last = i == prompt.ids().size() - 1;
          AdapterMix own = s % 2 == 0 ? mix : AdapterMix.NONE;
          batch.add(
              sequences.get(s), prompt.ids().get(i), last ? RowOutput.LOGITS : RowOutput.NONE, own);
          if (last) {
            expected.add(s % 2 == 0 ? prompt.logits() : plain.get(s / 2));
          }
        }
      }
    }
    StepOutput output = model.forward(batch);
    for (int i = 0; i < output.rows(); i++) {
      row.compare(row(output, i), expected.get(i));
    }
    sequences.forEach(KvSequence::discard);
  }
}
