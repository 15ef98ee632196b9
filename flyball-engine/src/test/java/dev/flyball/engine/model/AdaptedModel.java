package dev.flyball.engine.model;

import static dev.flyball.engine.model.GeneratedModel.HEAD;
import static dev.flyball.engine.model.GeneratedModel.HEADS;
import static dev.flyball.engine.model.GeneratedModel.HIDDEN;
import static dev.flyball.engine.model.GeneratedModel.KV_HEADS;
import static dev.flyball.engine.model.GeneratedModel.WINDOW;

import dev.flyball.engine.quantize.Quantization;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A generated model with adapters whose weights come from its name, too. */
record AdaptedModel(String name, GeneratedModel base, List<Part> parts) {
  private static final String ALL = "attn_[qkvo]|ffn_";

  /**
   * An adapter and its scale.
   *
   * @param names of the matrices that it adapts, a pattern of their beginnings within a layer
   * @param alpha 0: its products are not divided by the rank
   */
  record Part(String names, int rank, float alpha, float scale) {}

  static List<AdaptedModel> all() {
    return List.of(
        new AdaptedModel("lora-llama", llama("lora-llama"), List.of(new Part(ALL, 8, 16, 0.7f))),
        new AdaptedModel(
            "lora-llama-two",
            llama("lora-llama-two"),
            List.of(new Part("attn_", 8, 8, 1), new Part("attn_q|ffn_", 4, 0, -0.3f))),
        new AdaptedModel(
            "lora-llama-q8_0",
            llama("lora-llama-q8_0").quantised(Quantization.Q8_0),
            List.of(new Part(ALL, 16, 16, 0.5f))),
        new AdaptedModel("lora-qwen3", qwen3(), List.of(new Part("attn_[qv]\\.", 16, 8, 1.5f))),
        new AdaptedModel("lora-gemma3", gemma3(), List.of(new Part(ALL, 4, 4, 1))),
        new AdaptedModel(
            "lora-phi3",
            phi3(),
            List.of(new Part("attn_qkv|ffn_up", 8, 8, 1), new Part(ALL, 2, 1, 1))));
  }

  /** Writes the adapters, in their order. */
  List<Path> writeAdapters(Path folder) {
    Random random = new Random(name.hashCode() + 1L);
    return parts.stream()
        .map(part -> adapter(part, random).write(folder.resolve(fileName(part))))
        .toList();
  }

  private String fileName(Part part) {
    return "%s.adapter%d.gguf".formatted(name, parts.indexOf(part));
  }

  private TinyAdapter adapter(Part part, Random random) {
    Map<String, Integer> ranks = new LinkedHashMap<>();
    base.tensors()
        .forEach(
            (tensor, content) -> {
              boolean matrix = content.shape().size() == 2;
              if (matrix && tensor.matches("blk\\.\\d+\\.(" + part.names() + ").*")) {
                ranks.put(tensor, part.rank());
              }
            });
    TinyAdapter made = TinyAdapter.random(random, part.alpha(), base.tensors(), ranks);
    return new TinyAdapter(base.architecture(), part.alpha(), made.pairs());
  }

  private static GeneratedModel llama(String name) {
    GeneratedModel model = new GeneratedModel(name, "llama").rmsEpsilon();
    model.layers(
        2, (p, _) -> model.norm(p + "attn_norm").attention(p).norm(p + "ffn_norm").gated(p));
    return model.norm("output_norm").output();
  }

  private static GeneratedModel qwen3() {
    GeneratedModel model = new GeneratedModel("lora-qwen3", "qwen3").rmsEpsilon();
    model.layers(
        2,
        (p, _) ->
            model.norm(p + "attn_norm").attention(p).headNorms(p).norm(p + "ffn_norm").gated(p));
    return model.norm("output_norm");
  }

  private static GeneratedModel gemma3() {
    GeneratedModel model =
        new GeneratedModel("lora-gemma3", "gemma3")
            .tabulatedGelu()
            .rmsEpsilon()
            .key("attention.sliding_window", WINDOW)
            .key("rope.freq_base", 1_000_000.0);
    model.layers(
        6,
        (p, _) ->
            model
                .norm(p + "attn_norm")
                .attention(p)
                .headNorms(p)
                .norm(p + "post_attention_norm")
                .norm(p + "ffn_norm")
                .gated(p)
                .norm(p + "post_ffw_norm"));
    return model.norm("output_norm");
  }

  private static GeneratedModel phi3() {
    GeneratedModel model = new GeneratedModel("lora-phi3", "phi3").rmsEpsilon();
    model.layers(
        2,
        (p, _) ->
            model
                .norm(p + "attn_norm")
                .linear(p + "attn_qkv", GeneratedModel.COLUMNS, (HEADS + 2 * KV_HEADS) * HEAD)
                .linear(p + "attn_output", HEADS * HEAD, GeneratedModel.COLUMNS)
                .norm(p + "ffn_norm")
                .linear(p + "ffn_up", GeneratedModel.COLUMNS, 2 * HIDDEN)
                .linear(p + "ffn_down", HIDDEN, GeneratedModel.COLUMNS));
    return model.norm("output_norm").output();
  }
}
