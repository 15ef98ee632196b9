package dev.flyball.engine.model;

import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufTensor;
import dev.flyball.engine.gguf.GgufWriter;
import dev.flyball.engine.model.TinyModel.Tensor;
import dev.flyball.engine.quantize.ModelQuantizer;
import dev.flyball.engine.quantize.Quantization;
import dev.flyball.engine.quantize.QuantizationOptions;
import dev.flyball.kernels.BlockDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A tiny model whose weights come from a seed, its name: the same file wherever it is written. Its
 * layers are put together from the pieces that families share.
 */
final class GeneratedModel {
  static final int COLUMNS = 64;
  static final int HEADS = 4;
  static final int KV_HEADS = 2;
  static final int HEAD = 16;
  static final int HIDDEN = 96;
  static final int EXPERTS = 6;
  static final int EXPERTS_USED = 2;
  static final int EXPERT_HIDDEN = 32;
  static final int WINDOW = 18;
  static final double EPSILON = 1e-3;

  private static final int CONTEXT = 512;

  private final String name;
  private final String architecture;
  private final Map<String, Object> keys = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Random random;
  private double tolerance = 5e-4;
  private Optional<Quantization> quantization = Optional.empty();

  /** What the layer with an index consists of. */
  interface Layer {
    void add(String prefix, int index);
  }

  /** A model with its embedding and the keys of most families. */
  GeneratedModel(String name, String architecture) {
    this.name = name;
    this.architecture = architecture;
    random = new Random(name.hashCode());
    key("context_length", CONTEXT);
    key("embedding_length", COLUMNS);
    key("feed_forward_length", HIDDEN);
    key("attention.head_count", HEADS);
    key("attention.head_count_kv", KV_HEADS);
    key("attention.key_length", HEAD);
    key("attention.value_length", HEAD);
    key("rope.dimension_count", HEAD);
    key("vocab_size", TinyVocabulary.SIZE);
    tensor("token_embd.weight", 0, 0.4, COLUMNS, TinyVocabulary.SIZE);
  }

  String name() {
    return name;
  }

  String architecture() {
    return architecture;
  }

  Map<String, Tensor> tensors() {
    return tensors;
  }

  /** With weights in this format. */
  GeneratedModel quantised(Quantization wanted) {
    quantization = Optional.of(wanted);
    return this;
  }

  boolean isQuantised() {
    return quantization.isPresent();
  }

  /** Whether it has vectors in place of logits. */
  boolean embeds() {
    return keys.containsKey("pooling_type");
  }

  /** How far results may be from those of the reference. */
  double tolerance() {
    return tolerance;
  }

  /** The reference takes GELU from a table of F16 values. */
  GeneratedModel tabulatedGelu() {
    tolerance = 5e-3;
    return this;
  }

  /** A key, without the architecture, in place of the usual value. */
  GeneratedModel key(String key, Object value) {
    keys.put(key, value);
    return this;
  }

  GeneratedModel rmsEpsilon() {
    return key("attention.layer_norm_rms_epsilon", EPSILON);
  }

  GeneratedModel layerEpsilon() {
    return key("attention.layer_norm_epsilon", EPSILON);
  }

  GeneratedModel layers(int count, Layer layer) {
    key("block_count", count);
    for (int i = 0; i < count; i++) {
      layer.add("blk." + i + ".", i);
    }
    return this;
  }

  /** Values about {@code centre}; lengths in GGUF's order. */
  GeneratedModel tensor(String tensor, double centre, double spread, int... shape) {
    float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (centre + spread * random.nextGaussian());
    }
    tensors.put(tensor, new Tensor(Arrays.stream(shape).mapToObj(n -> (long) n).toList(), values));
    return this;
  }

  /** The weight of a norm. */
  GeneratedModel norm(String norm, int length) {
    return tensor(norm + ".weight", 1, 0.4, length);
  }

  GeneratedModel norm(String norm) {
    return norm(norm, COLUMNS);
  }

  GeneratedModel biasedNorm(String norm) {
    return norm(norm).bias(norm, COLUMNS);
  }

  GeneratedModel bias(String linear, int rows) {
    return tensor(linear + ".bias", 0, 0.5, rows);
  }

  GeneratedModel linear(String linear, int columns, int rows) {
    return tensor(linear + ".weight", 0, 1.5 / Math.sqrt(columns), columns, rows);
  }

  GeneratedModel biased(String linear, int columns, int rows) {
    return linear(linear, columns, rows).bias(linear, rows);
  }

  /** An output matrix that is not the embedding. */
  GeneratedModel output() {
    return tensor("output.weight", 0, 0.4, COLUMNS, TinyVocabulary.SIZE);
  }

  /** Projections of attention, each with its own matrix. */
  GeneratedModel attention(String prefix) {
    return linear(prefix + "attn_q", COLUMNS, HEADS * HEAD)
        .linear(prefix + "attn_k", COLUMNS, KV_HEADS * HEAD)
        .linear(prefix + "attn_v", COLUMNS, KV_HEADS * HEAD)
        .linear(prefix + "attn_output", HEADS * HEAD, COLUMNS);
  }

  /** Biases of queries, keys and values. */
  GeneratedModel attentionBiases(String prefix) {
    return bias(prefix + "attn_q", HEADS * HEAD)
        .bias(prefix + "attn_k", KV_HEADS * HEAD)
        .bias(prefix + "attn_v", KV_HEADS * HEAD);
  }

  GeneratedModel headNorms(String prefix) {
    return norm(prefix + "attn_q_norm", HEAD).norm(prefix + "attn_k_norm", HEAD);
  }

  /** A gated network. */
  GeneratedModel gated(String prefix) {
    return gated(prefix, "", HIDDEN);
  }

  GeneratedModel gated(String prefix, String suffix, int hidden) {
    return linear(prefix + "ffn_gate" + suffix, COLUMNS, hidden).ungated(prefix, suffix, hidden);
  }

  GeneratedModel ungated(String prefix, String suffix, int hidden) {
    return linear(prefix + "ffn_up" + suffix, COLUMNS, hidden)
        .linear(prefix + "ffn_down" + suffix, hidden, COLUMNS);
  }

  /** A router and gated experts. */
  GeneratedModel experts(String prefix) {
    expertMatrices(prefix + "ffn_gate_exps", COLUMNS, EXPERT_HIDDEN);
    return ungatedExperts(prefix);
  }

  GeneratedModel ungatedExperts(String prefix) {
    linear(prefix + "ffn_gate_inp", COLUMNS, EXPERTS);
    expertMatrices(prefix + "ffn_up_exps", COLUMNS, EXPERT_HIDDEN);
    return expertMatrices(prefix + "ffn_down_exps", EXPERT_HIDDEN, COLUMNS);
  }

  private GeneratedModel expertMatrices(String experts, int columns, int rows) {
    return tensor(experts + ".weight", 0, 1.5 / Math.sqrt(columns), columns, rows, EXPERTS);
  }

  GeneratedModel expertChoice(String prefix) {
    return tensor(prefix + "exp_probs_b.bias", 0, 0.3, EXPERTS);
  }

  GeneratedModel expertKeys() {
    return key("expert_count", EXPERTS)
        .key("expert_used_count", EXPERTS_USED)
        .key("expert_feed_forward_length", EXPERT_HIDDEN);
  }

  /** A shared expert. */
  GeneratedModel shared(String prefix, int hidden) {
    return gated(prefix, "_shexp", hidden);
  }

  /** Writes the file and gives its path. */
  Path write(Path file) throws IOException {
    if (quantization.isEmpty()) {
      return writeFloats(file, tensors);
    }
    Path floats = writeFloats(file.resolveSibling(file.getFileName() + ".floats"), tensors);
    QuantizationOptions options =
        new QuantizationOptions(
            quantization.get(), true, Optional.empty(), Optional.empty(), false, 1);
    ModelQuantizer.write(floats, file, options, (_, _) -> {});
    Files.delete(floats);
    return file;
  }

  /** Writes it with the values that its quantised weights stand for. */
  Path writeDequantised(Path target) throws IOException {
    Map<String, Tensor> decoded = new LinkedHashMap<>();
    Path quantised = write(target.resolveSibling(target.getFileName() + ".quantised"));
    try (GgufFile file = GgufFile.open(quantised)) {
      for (GgufTensor tensor : file.tensors()) {
        int count = (int) tensor.shape().stream().mapToLong(n -> n).reduce(1, (a, b) -> a * b);
        float[] values = new float[count];
        BlockDecoder.decode(tensor.type(), tensor.data(), 0, values, 0, count);
        decoded.put(tensor.name(), new Tensor(tensor.shape(), values));
      }
    }
    Files.delete(quantised);
    return writeFloats(target, decoded);
  }

  private Path writeFloats(Path file, Map<String, Tensor> values) {
    GgufWriter writer =
        new GgufWriter()
            .putString("general.architecture", architecture)
            .putString("general.name", "generated");
    TinyVocabulary.addTo(writer);
    new TinyModel(architecture, keys, values).addTo(writer).write(file);
    return file;
  }

  /** All of them. */
  static List<GeneratedModel> all() {
    return Stream.of(
            GeneratedDense.models(),
            GeneratedEncoders.models(),
            GeneratedExperts.models(),
            GeneratedHybrids.models(),
            GeneratedLatent.models())
        .flatMap(List::stream)
        .toList();
  }
}
