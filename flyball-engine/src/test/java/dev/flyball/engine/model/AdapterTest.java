package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.engine.EngineException;
import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.KvCache;
import dev.flyball.engine.cache.KvSequence;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.lora.LoraFile;
import dev.flyball.engine.model.Batch.RowOutput;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.TinyLlama.Feature;
import dev.flyball.engine.model.TinyModel.Tensor;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.kernels.simd.InstructionSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapter changes logits as if it had been merged into the weights, on its rows only. */
class AdapterTest {
  private static final long SEED = 20_261_121;
  private static final int VOCABULARY = 50;

  private final Random random = new Random(SEED);

  @TempDir private Path folder;

  @Test
  void logitsAreThoseOfTheModelWithTheAdapterMerged() {
    TinyLlama llama = new TinyLlama(random, Map.of(), Set.of(Feature.OWN_OUTPUT, Feature.BIASES));
    for (float alpha : new float[] {0, 12}) {
      check(
          "llama",
          llama.keys,
          llama.tensors,
          ranks(llama.tensors, "attn_|ffn_|output.weight", 5),
          alpha);
    }
  }

  @Test
  void partsOfAMatrixOfSeveralProjectionsAreAdaptedByItsAdapter() {
    TinyLlama llama = new TinyLlama(random, Map.of("attention.head_count_kv", 4), Set.of());
    Map<String, Tensor> tensors = new LinkedHashMap<>(llama.tensors);
    for (int layer = 0; layer < 2; layer++) {
      String prefix = "blk." + layer + ".";
      join(tensors, prefix + "attn_qkv", prefix + "attn_q", prefix + "attn_k", prefix + "attn_v");
      join(tensors, prefix + "ffn_up", prefix + "ffn_gate", prefix + "ffn_up");
    }
    tensors.put("output.weight", TinyAdapter.tensor(random, 24, VOCABULARY, 0.3));
    check("phi3", llama.keys, tensors, ranks(tensors, "attn_qkv|ffn_up", 18), 9);
  }

  @Test
  void aRouterAndTheAttentionBesideExpertsAreAdapted() {
    Map<String, Object> experts = Map.of("expert_count", 4, "expert_used_count", 2);
    for (Set<Feature> features : List.of(Set.<Feature>of(), Set.of(Feature.SPLIT_EXPERTS))) {
      TinyLlama llama = new TinyLlama(random, experts, features);
      check("llama", llama.keys, llama.tensors, ranks(llama.tensors, "attn_|gate_inp", 3), 6);
    }
  }

  @Test
  void rowsOfOneBatchEqualEachAlone() {
    TinyLlama llama = new TinyLlama(random, Map.of(), Set.of(Feature.OWN_OUTPUT));
    Path file = llama.write(folder.resolve("base.gguf"));
    for (ModelOptions options : arithmetics()) {
      try (LanguageModel model = ModelFamilies.load(GgufFile.open(file), options);
          KvCache cache = model.newCache(2048);
          Adapter a = adapter(model, llama.tensors, "attn_q|ffn_down", 16);
          Adapter b = adapter(model, llama.tensors, "attn_|ffn_|output.weight", 4);
          Adapter c = adapter(model, llama.tensors, "blk.1", 7)) {
        List<AdapterMix> mixes =
            List.of(
                AdapterMix.NONE,
                mix(a, 1),
                mix(b, 0.5f),
                mix(c, 1),
                mix(b, -1),
                AdapterMix.NONE,
                new AdapterMix(List.of(new AdapterMix.Part(a, 0.3f), new AdapterMix.Part(c, 2))));
        List<List<float[]>> together = run(model, cache, mixes);
        for (int i = 0; i < mixes.size(); i++) {
          List<float[]> alone = run(model, cache, mixes.subList(i, i + 1)).getFirst();
          assertClose(together.get(i), alone, 2e-4f);
        }
        assertThat(together.get(1).getFirst()).isNotEqualTo(together.get(0).getFirst());
        assertThat(together.get(5).getFirst()).isEqualTo(together.get(0).getFirst());
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefusedWithItsName() {
    Map<String, Object> experts = Map.of("expert_count", 4, "expert_used_count", 2);
    TinyLlama llama = new TinyLlama(random, experts, Set.of(Feature.SPLIT_EXPERTS));
    Path file = llama.write(folder.resolve("base.gguf"));
    TinyAdapter fits =
        TinyAdapter.random(random, 8, llama.tensors, ranks(llama.tensors, "attn_q", 4));
    try (LanguageModel model = ModelFamilies.load(GgufFile.open(file), new ModelOptions(1, 16))) {
      assertRefused(
          model,
          new TinyAdapter("qwen2", 8, fits.pairs()),
          "architecture \"qwen2\"",
          "this model is \"llama\"");
      assertRefused(
          model,
          TinyAdapter.random(
              random,
              8,
              Map.of("blk.0.attn_q.weight", TinyAdapter.tensor(random, 24, 33, 1)),
              Map.of("blk.0.attn_q.weight", 4)),
          "\"blk.0.attn_q.weight\" is adapted as a matrix of 33 rows and 24 columns",
          "has 32 and 24");
      for (String name : List.of("token_embd.weight", "blk.1.ffn_up.2.weight")) {
        assertRefused(
            model,
            TinyAdapter.random(random, 8, llama.tensors, Map.of(name, 2)),
            "it adapts \"" + name + "\", which cannot be adapted");
      }
    }
  }

  private void assertRefused(LanguageModel model, TinyAdapter adapter, String... parts) {
    try (LoraFile lora = LoraFile.open(adapter.write(folder.resolve("refused.gguf")))) {
      assertThatThrownBy(() -> model.adapter(lora))
          .isInstanceOf(EngineException.class)
          .hasMessageContainingAll(parts)
          .hasMessageContaining("refused.gguf");
    }
  }

  /** Holds a model with an adapter against the one that has it in its weights. */
  private void check(
      String architecture,
      Map<String, Object> keys,
      Map<String, Tensor> tensors,
      Map<String, Integer> ranks,
      float alpha) {
    float scale = 0.7f;
    TinyAdapter adapter = TinyAdapter.random(random, alpha, tensors, ranks);
    Map<String, Tensor> merged = new LinkedHashMap<>(tensors);
    adapter.mergeInto(merged, scale);
    Path base = new TinyModel(architecture, keys, tensors).write(folder.resolve("base.gguf"));
    Path twin = new TinyModel(architecture, keys, merged).write(folder.resolve("twin.gguf"));
    Path lora =
        new TinyAdapter(architecture, alpha, adapter.pairs()).write(folder.resolve("lora.gguf"));
    for (ModelOptions options : arithmetics()) {
      List<float[]> expected;
      try (LanguageModel model = ModelFamilies.load(GgufFile.open(twin), options);
          KvCache cache = model.newCache(512)) {
        expected = run(model, cache, List.of(AdapterMix.NONE)).getFirst();
      }
      try (LanguageModel model = ModelFamilies.load(GgufFile.open(base), options);
          LoraFile file = LoraFile.open(lora);
          Adapter loaded = model.adapter(file);
          KvCache cache = model.newCache(512)) {
        assertClose(run(model, cache, List.of(mix(loaded, scale))).getFirst(), expected, 1e-3f);
      }
    }
  }

  /**
   * Logits of a prompt's last token and of some that follow, for each mix of adapters: the prompts
   * in one batch, then their tokens.
   */
  private static List<List<float[]>> run(
      LanguageModel model, KvCache cache, List<AdapterMix> mixes) {
    List<List<float[]>> logits = new ArrayList<>();
    List<KvSequence> sequences = new ArrayList<>();
    mixes.forEach(
        _ -> {
          logits.add(new ArrayList<>());
          sequences.add(cache.tryReserve(64).orElseThrow());
        });
    Batch batch = new Batch(model.maxBatchTokens());
    for (int step = 0; step < 4; step++) {
      batch.clear();
      int tokens = step == 0 ? 33 : 1;
      for (int i = 0; i < mixes.size(); i++) {
        for (int t = 0; t < tokens; t++) {
          RowOutput output = t == tokens - 1 ? RowOutput.LOGITS : RowOutput.NONE;
          int token = (7 * step + 11 * t) % VOCABULARY;
          batch.add(sequences.get(i), token, output, mixes.get(i));
        }
      }
      StepOutput output = model.forward(batch);
      for (int i = 0; i < mixes.size(); i++) {
        float[] row = new float[VOCABULARY];
        System.arraycopy(output.values(i), output.offset(i), row, 0, VOCABULARY);
        logits.get(i).add(row);
      }
    }
    sequences.forEach(KvSequence::discard);
    return logits;
  }

  private static void assertClose(List<float[]> actual, List<float[]> expected, float tolerance) {
    for (int row = 0; row < expected.size(); row++) {
      for (int i = 0; i < VOCABULARY; i++) {
        assertThat(actual.get(row)[i]).isCloseTo(expected.get(row)[i], within(tolerance));
      }
    }
  }

  private Adapter adapter(
      LanguageModel model, Map<String, Tensor> tensors, String names, int rank) {
    TinyAdapter adapter = TinyAdapter.random(random, rank, tensors, ranks(tensors, names, rank));
    try (LoraFile file = LoraFile.open(adapter.write(folder.resolve("adapter.gguf")))) {
      return model.adapter(file);
    }
  }

  private static AdapterMix mix(Adapter adapter, float scale) {
    return new AdapterMix(List.of(new AdapterMix.Part(adapter, scale)));
  }

  /** The matrices whose names have a match, each with the rank. */
  private static Map<String, Integer> ranks(Map<String, Tensor> tensors, String names, int rank) {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.matches(".*(" + names + ").*") && tensor.shape().size() == 2) {
            ranks.put(name, rank);
          }
        });
    assertThat(ranks).isNotEmpty();
    return ranks;
  }

  private static void join(Map<String, Tensor> tensors, String name, String... parts) {
    List<Tensor> joined = new ArrayList<>();
    for (String part : parts) {
      joined.add(tensors.remove(part + ".weight"));
    }
    long columns = joined.getFirst().shape().getFirst();
    int values = joined.stream().mapToInt(part -> part.values().length).sum();
    float[] all = new float[values];
    int at = 0;
    for (Tensor part : joined) {
      System.arraycopy(part.values(), 0, all, at, part.values().length);
      at += part.values().length;
    }
    tensors.put(name + ".weight", new Tensor(List.of(columns, values / columns), all));
  }

  private static List<ModelOptions> arithmetics() {
    List<ModelOptions> all = new ArrayList<>(List.of(new ModelOptions(2, 256)));
    for (InstructionSet level : InstructionSet.supported()) {
      all.add(
          new ModelOptions(2, 256, Precision.FAST, Optional.of(level))
              .withCacheType(CacheType.F32));
    }
    return all;
  }
}
