package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.cache.KvShape;
import dev.flyball.engine.cache.KvStorage;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufWriter;
import dev.flyball.engine.model.TinyModel.Tensor;
import dev.flyball.engine.model.family.ModelFamilies;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are sound GGUF but no model that can be run: each error says what and where. */
class ModelLoadingTest {
  @TempDir private Path folder;

  @Test
  void anUnknownArchitectureIsNamedWithThoseThatAreSupported() {
    Path file = folder.resolve("other.gguf");
    new GgufWriter().putString("general.architecture", "perceptron").write(file);
    assertRefused(file, EngineError.UNSUPPORTED_MODEL, "other.gguf", "\"perceptron\"", "llama");
  }

  @Test
  void theNearestSupportedArchitectureIsNamed() {
    Map<String, String> nearest =
        Map.of("starcoder", "starcoder2", "qwen2moe", "qwen2", "qwen3x", "qwen3", "olmoe", "olmo");
    nearest.forEach(
        (architecture, near) -> {
          Path file = folder.resolve("other.gguf");
          new GgufWriter().putString("general.architecture", architecture).write(file);
          assertRefused(
              file, EngineError.UNSUPPORTED_MODEL, "nearest that is: \"%s\"".formatted(near));
        });
  }

  @Test
  void aMissingKeyIsNamed() {
    for (String key :
        List.of(
            "embedding_length",
            "block_count",
            "context_length",
            "feed_forward_length",
            "attention.head_count",
            "attention.layer_norm_rms_epsilon")) {
      Path file = write(Map.of(), tiny -> tiny.keys.remove(key));
      assertRefused(file, EngineError.FILE_CORRUPT, "llama." + key, "missing");
    }
  }

  @Test
  void aMissingTensorIsNamed() {
    for (String name : new TinyLlama(new Random(1), Map.of(), Set.of()).tensors.keySet()) {
      Path file = write(Map.of(), tiny -> tiny.tensors.remove(name));
      assertRefused(file, EngineError.FILE_CORRUPT, name, "missing");
    }
  }

  @Test
  void aTensorOfAnotherShapeIsNamedWithBothShapes() {
    for (String name :
        List.of("output_norm.weight", "blk.1.attn_k.weight", "blk.0.ffn_up.weight")) {
      Path file =
          write(Map.of(), tiny -> tiny.tensors.put(name, new Tensor(List.of(3L), new float[3])));
      assertRefused(file, EngineError.FILE_CORRUPT, name, "[3]", "24");
    }
  }

  @Test
  void aTensorWithoutAPlaceIsRefusedNotLeftOut() {
    String name = "blk.0.attn_q_norm.weight";
    Path file =
        write(Map.of(), tiny -> tiny.tensors.put(name, new Tensor(List.of(8L), new float[8])));
    assertRefused(file, EngineError.UNSUPPORTED_MODEL, name);
  }

  @Test
  void valuesThatMakeNoSenseAreRefused() {
    Map<String, Object> wrong = new HashMap<>();
    wrong.put("attention.head_count_kv", 3);
    wrong.put("attention.head_count", 0);
    wrong.put("attention.key_length", -1);
    wrong.put("attention.sliding_window", -2);
    wrong.put("attention.layer_norm_rms_epsilon", -1.0);
    wrong.put("embedding_length", "many");
    wrong.put("rope.dimension_count", 7);
    wrong.put("rope.freq_base", Double.NaN);
    wrong.put("rope.scaling.factor", -4.0);
    wrong.put("expert_count", -1);
    wrong.forEach(
        (key, value) -> {
          Path file = write(Map.of(), tiny -> tiny.keys.put(key, value));
          assertRefused(file, EngineError.FILE_CORRUPT, "llama." + key);
        });
    Path heads = write(Map.of(), tiny -> putHuge(tiny.keys));
    assertRefused(heads, EngineError.FILE_CORRUPT, "attention.head_count", "too long");
    Path experts =
        write(
            Map.of("expert_count", 2, "expert_used_count", 1),
            tiny -> tiny.keys.put("expert_used_count", 3));
    assertRefused(experts, EngineError.FILE_CORRUPT, "expert_used_count", "3", "2");
  }

  private static void putHuge(Map<String, Object> keys) {
    keys.put("attention.head_count", 1 << 20);
    keys.put("attention.head_count_kv", 1 << 20);
    keys.put("attention.key_length", 1 << 20);
  }

  @Test
  void whatTheFamilyCannotDoIsRefused() {
    Map<String, Object> unsupported =
        Map.of("rope.scaling.type", "dynamic", "attention.causal", false, "pooling_type", 5);
    unsupported.forEach(
        (key, value) -> {
          Path file = write(Map.of(), tiny -> tiny.keys.put(key, value));
          assertRefused(file, EngineError.UNSUPPORTED_MODEL, "llama." + key);
        });
  }

  @Test
  void theOutlineSaysWhatLoadingWillMake() {
    Path path = write(Map.of("attention.value_length", 5, "pooling_type", 3), _ -> {});
    try (GgufFile file = GgufFile.open(path)) {
      ModelOutline outline = ModelFamilies.outline(file, ModelOptions.DEFAULT);
      assertThat(outline.config())
          .isEqualTo(new ModelConfig("llama", 50, 24, 2, 256, Pooling.LAST));
      assertThat(outline.cacheShape()).isEqualTo(new KvShape(2, 2, 8, 5, KvStorage.HEAP_F32));
      assertThat(outline.scratchBytesPerToken()).isPositive();
    }
  }

  @Test
  void closingAModelClosesItsFileAndItsThreads() {
    GgufFile file = GgufFile.open(write(Map.of(), _ -> {}));
    LanguageModel model = ModelFamilies.load(file, ModelOptions.threads(3));
    model.close();
    model.close();
    assertThatThrownBy(() -> file.tensor("output_norm.weight").data().get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  private Path write(Map<String, Object> keys, Consumer<TinyLlama> change) {
    TinyLlama tiny = new TinyLlama(new Random(1), keys, Set.of());
    change.accept(tiny);
    return tiny.write(folder.resolve("tiny.gguf"));
  }

  private static void assertRefused(Path path, EngineError error, String... parts) {
    List<String> expected = new ArrayList<>(List.of(parts));
    expected.add(path.getFileName().toString());
    try (GgufFile file = GgufFile.open(path)) {
      assertThatThrownBy(() -> ModelFamilies.load(file, ModelOptions.threads(1)))
          .isInstanceOfSatisfying(
              EngineException.class, e -> assertThat(e.error()).isEqualTo(error))
          .message()
          .contains(expected);
    }
  }
}
