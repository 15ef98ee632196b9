package dev.flyball.engine.model;

import dev.flyball.engine.model.TinyModel.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/** A {@code llama} model with random F32 weights: its keys, its tensors, and the file of both. */
final class TinyLlama {
  /** What has no key of its own. */
  enum Feature {
    BIASES,
    OWN_OUTPUT,
    SPLIT_EXPERTS,
    ROPE_FREQS
  }

  /** Keys without {@code llama.}; values are Integer, Double, Boolean or String. */
  final Map<String, Object> keys = new LinkedHashMap<>();

  final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Random random;

  TinyLlama(Random random, Map<String, Object> overrides, Set<Feature> features) {
    this.random = random;
    keys.putAll(
        Map.of(
            "context_length", 256,
            "embedding_length", 24,
            "block_count", 2,
            "feed_forward_length", 20,
            "attention.head_count", 4,
            "attention.head_count_kv", 2,
            "attention.layer_norm_rms_epsilon", 1e-3,
            "attention.key_length", 8,
            "attention.value_length", 8));
    keys.putAll(overrides);
    addTensors(features);
  }

  int integer(String key, int orElse) {
    return keys.get(key) instanceof Integer value ? value : orElse;
  }

  double number(String key, double orElse) {
    return keys.get(key) instanceof Number value ? value.doubleValue() : orElse;
  }

  float[] tensor(String name) {
    return Objects.requireNonNull(tensors.get(name), name).values();
  }

  private void addTensors(Set<Feature> features) {
    int columns = integer("embedding_length", 0);
    add("token_embd.weight", 1, columns, 50);
    add("output_norm.weight", 1, columns);
    if (features.contains(Feature.OWN_OUTPUT)) {
      add("output.weight", 1, columns, 50);
    }
    if (features.contains(Feature.ROPE_FREQS)) {
      int keyLength = integer("attention.key_length", 0);
      add("rope_freqs.weight", 1, integer("rope.dimension_count", keyLength) / 2);
    }
    for (int layer = 0; layer < integer("block_count", 0); layer++) {
      addLayer("blk." + layer + ".", columns, features);
    }
  }

  private void addLayer(String prefix, int columns, Set<Feature> features) {
    boolean biases = features.contains(Feature.BIASES);
    int heads = integer("attention.head_count", 0);
    int kvHeads = integer("attention.head_count_kv", 0);
    int keyLength = integer("attention.key_length", 0);
    int valueLength = integer("attention.value_length", 0);
    add(prefix + "attn_norm.weight", 1, columns);
    add(prefix + "ffn_norm.weight", 1, columns);
    addLinear(prefix + "attn_q", heads * keyLength, columns, biases);
    addLinear(prefix + "attn_k", kvHeads * keyLength, columns, biases);
    addLinear(prefix + "attn_v", kvHeads * valueLength, columns, biases);
    addLinear(prefix + "attn_output", columns, heads * valueLength, biases);
    int hidden = integer("feed_forward_length", 0);
    int experts = integer("expert_count", 0);
    if (experts == 0) {
      addLinear(prefix + "ffn_gate", hidden, columns, biases);
      addLinear(prefix + "ffn_up", hidden, columns, biases);
      addLinear(prefix + "ffn_down", columns, hidden, biases);
    } else {
      add(prefix + "ffn_gate_inp.weight", 1, columns, experts);
      boolean split = features.contains(Feature.SPLIT_EXPERTS);
      addExperts(prefix + "ffn_gate", hidden, columns, experts, split);
      addExperts(prefix + "ffn_up", hidden, columns, experts, split);
      addExperts(prefix + "ffn_down", columns, hidden, experts, split);
    }
  }

  private void addLinear(String name, int rows, int columns, boolean bias) {
    add(name + ".weight", 1.5 / Math.sqrt(columns), columns, rows);
    if (bias) {
      add(name + ".bias", 0.5, rows);
    }
  }

  private void addExperts(String name, int rows, int columns, int experts, boolean split) {
    double spread = 1.5 / Math.sqrt(columns);
    if (!split) {
      add(name + "_exps.weight", spread, columns, rows, experts);
      return;
    }
    for (int i = 0; i < experts; i++) {
      add(name + "." + i + ".weight", spread, columns, rows);
    }
  }

  private void add(String name, double spread, int... shape) {
    List<Long> lengths = Arrays.stream(shape).mapToObj(n -> (long) n).toList();
    float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    boolean isScale = name.endsWith("norm.weight") || name.startsWith("rope_freqs");
    for (int i = 0; i < values.length; i++) {
      values[i] =
          isScale ? 0.5f + 2 * random.nextFloat() : (float) (spread * random.nextGaussian());
    }
    tensors.put(name, new Tensor(lengths, values));
  }

  /** Writes the file and gives its path. */
  Path write(Path file) {
    return new TinyModel("llama", keys, tensors).write(file);
  }
}
