package dev.flyball.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.engine.dialect.ChatDialect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The table of {@code docs/models.md}: what is listed here of each architecture, beside what the
 * tests found: how often the golden files agreed, and how real chat templates were understood.
 */
final class ModelTable {
  private static final String TEXT =
      """
      # Models that run

      The tests write this table; `-Dtest=GoldenLogitsTest` says where to copy it from when it has changed. *Held against* is what the \
      forward pass agrees with: the logits that llama.cpp computed for small models of the architecture (cases within the tolerance: whole \
      prompts, chunks, single tokens, several sequences in a batch, greedy ids). *Calls* and *thoughts* are the notations that Flyball knows by a real chat template of the family; every file brings its own \
      template, which is what is rendered, and any other notation stays content of the answer.

      | architecture | models | what is particular | held against | template | calls | thoughts |
      |---|---|---|---|---|---|---|
      """;

  /**
   * What people call the models of an architecture, and what is particular to them.
   *
   * @param template of one of them in the golden data, without its ending; empty where there is
   *     none
   */
  private record Entry(String architecture, String models, String features, String template) {}

  private static final List<Entry> ENTRIES =
      List.of(
          new Entry(
              "bailingmoe2",
              "Ling and Ring 2.0",
              "experts in groups with a shared one, normed heads, partial RoPE",
              ""),
          new Entry(
              "bert",
              "bge, e5, gte, all-MiniLM, arctic-embed, cross-encoders; XLM-RoBERTa: bge-m3 and its reranker",
              "embeds or ranks; sees whole texts, learned positions, norms behind additions",
              ""),
          new Entry(
              "cohere2",
              "Command R7B, Command A",
              "attention and feed forward in parallel, sliding windows, every 4th layer without positions",
              "CohereForAI-c4ai-command-r7b-12-2024-tool_use"),
          new Entry(
              "deepseek2",
              "DeepSeek V2, V3, R1; Kimi K2, GLM-4.7-Flash",
              "latent attention (in files of before April 2025 too), experts in groups with shared ones, YaRN",
              "deepseek-ai-DeepSeek-V3.1"),
          new Entry(
              "dots1",
              "dots.llm1",
              "normed heads, experts with shared ones behind a dense layer",
              ""),
          new Entry("ernie4_5", "ERNIE 4.5 (dense)", "as Llama", ""),
          new Entry(
              "ernie4_5-moe",
              "ERNIE 4.5 21B-A3B, 300B-A47B",
              "experts with shared ones behind dense layers",
              ""),
          new Entry(
              "exaone4",
              "EXAONE 4",
              "norms behind the branches, normed heads, sliding windows",
              ""),
          new Entry("falcon-h1", "Falcon-H1", "attention and Mamba-2 in parallel", ""),
          new Entry(
              "gemma-embedding",
              "EmbeddingGemma",
              "embeds; windows to both sides, projections of the pooled vector",
              ""),
          new Entry(
              "gemma2", "Gemma 2", "sliding windows, soft-capped scores", "google-gemma-2-2b-it"),
          new Entry(
              "gemma3",
              "Gemma 3 (text, and images with its projector)",
              "sliding windows, two RoPE bases",
              ""),
          new Entry(
              "gemma4",
              "Gemma 4 (text)",
              "embeddings for each layer, shared keys and values, experts beside the dense network",
              "google-gemma-4-31B-it-interleaved"),
          new Entry("glm4", "GLM-4", "partial RoPE, four norms a layer", ""),
          new Entry(
              "glm4moe",
              "GLM-4.5, 4.6, 4.7",
              "experts with shared ones behind dense layers, partial RoPE",
              "GLM-4.6"),
          new Entry(
              "gpt-oss",
              "gpt-oss 20b, 120b",
              "attention sinks, sliding windows, MXFP4 experts",
              "openai-gpt-oss-120b"),
          new Entry(
              "granite",
              "Granite 3, 4 (dense)",
              "multipliers of branches and logits",
              "ibm-granite-granite-3.3-2B-Instruct"),
          new Entry(
              "granitehybrid",
              "Granite 4 (hybrid)",
              "Mamba-2 in most layers, experts with a shared one",
              "ibm-granite-granite-4.0"),
          new Entry(
              "granitemoe",
              "Granite 3 MoE",
              "multipliers, experts with a shared one",
              "ibm-granite-granite-3.3-2B-Instruct"),
          new Entry(
              "hunyuan-dense",
              "Hunyuan 0.5B to 7B, Hunyuan-MT",
              "heads normed behind their rotation",
              ""),
          new Entry("hunyuan-moe", "Hunyuan A13B", "the same with experts and a shared one", ""),
          new Entry("jina-bert-v3", "jina-embeddings-v3", "embeds; sees whole texts, RoPE", ""),
          new Entry("lfm2", "LFM2, LFM2.5 (dense)", "gated short convolutions", "LFM2.5-Instruct"),
          new Entry(
              "lfm2moe",
              "LFM2 and LFM2.5 8B-A1B, 24B-A2B",
              "gated short convolutions, experts behind dense layers",
              "LFM2-8B-A1B"),
          new Entry(
              "llama",
              "Llama 1 to 3.3, Mistral 7B, Nemo and Small, Mixtral, DeepSeek R1 Distill Llama",
              "biases, experts and scaled RoPE where the file has them",
              "meta-llama-Llama-3.1-8B-Instruct"),
          new Entry(
              "llama4",
              "Llama 4 (text)",
              "attention in chunks, every 4th layer without positions, experts with a shared one",
              ""),
          new Entry(
              "minimax-m2",
              "MiniMax M2, M2.1",
              "normed rows, partial RoPE, experts chosen with a bias",
              "MiniMax-M2"),
          new Entry(
              "mistral3",
              "Ministral 3",
              "queries that grow with their position, YaRN",
              "mistralai-Ministral-3-14B-Reasoning-2512"),
          new Entry(
              "nemotron_h",
              "Nemotron-H, Nemotron Nano 2",
              "Mamba-2, attention or network a layer",
              ""),
          new Entry(
              "nemotron_h_moe",
              "Nemotron 3 Nano",
              "the same with experts and a shared one",
              "NVIDIA-Nemotron-3-Nano-30B-A3B-BF16"),
          new Entry(
              "nomic-bert",
              "nomic-embed-text 1, 1.5",
              "embeds; sees whole texts, RoPE, gated networks",
              ""),
          new Entry(
              "nomic-bert-moe",
              "nomic-embed-text 2",
              "the same with experts in every other layer",
              ""),
          new Entry(
              "olmo", "OLMo 1", "norms without weights, clamped queries, keys and values", ""),
          new Entry(
              "olmo2", "OLMo 2, 3", "norms behind the branches, normed rows, sliding windows", ""),
          new Entry(
              "phi3",
              "Phi-3, 3.5, 4",
              "LongRoPE, fused matrices",
              "microsoft-Phi-3.5-mini-instruct"),
          new Entry(
              "qwen2",
              "Qwen2, Qwen2.5, QwQ, DeepSeek R1 Distill Qwen",
              "biases on queries, keys and values",
              "Qwen-Qwen2.5-7B-Instruct"),
          new Entry("qwen3", "Qwen3; Qwen3-Embedding and -Reranker", "normed heads", ""),
          new Entry("qwen35", "Qwen3.5 (text)", "gated delta net, gated attention", "Qwen3.5-4B"),
          new Entry(
              "qwen35moe",
              "Qwen3.5 MoE (text)",
              "the same with experts and a shared one",
              "Qwen3.5-4B"),
          new Entry("qwen3moe", "Qwen3 MoE, Qwen3-Coder", "normed heads, experts", "Qwen3-Coder"),
          new Entry("qwen3next", "Qwen3-Next", "gated delta net, experts with a shared one", ""),
          new Entry("qwen3vl", "Qwen3-VL (text)", "positions in interleaved sections", ""),
          new Entry("qwen3vlmoe", "Qwen3-VL MoE (text)", "the same with experts", ""),
          new Entry(
              "seed_oss",
              "Seed-OSS 36B",
              "biases on queries, keys and values",
              "ByteDance-Seed-OSS"),
          new Entry(
              "smollm3",
              "SmolLM3",
              "every 4th layer without positions",
              "HuggingFaceTB-SmolLM3-3B"),
          new Entry("stablelm", "StableLM 2", "layer norms, partial RoPE", ""),
          new Entry("starcoder2", "StarCoder2", "layer norms, biases everywhere, no gate", ""));

  private ModelTable() {}

  /** The architectures that have a line. */
  static List<String> architectures() {
    return ENTRIES.stream().map(Entry::architecture).toList();
  }

  /**
   * The whole document.
   *
   * @param models the golden files, and {@code rows} in the same order how they agreed
   * @param templates the golden chat templates
   */
  static String render(List<GoldenModel> models, List<GoldenRow> rows, Path templates) {
    Map<String, List<GoldenRow>> byArchitecture = new HashMap<>();
    for (int i = 0; i < models.size(); i++) {
      byArchitecture
          .computeIfAbsent(models.get(i).architecture(), name -> new ArrayList<>())
          .add(rows.get(i));
    }
    Map<String, ChatDialect> dialects = dialects(templates);
    return ENTRIES.stream()
        .map(
            entry ->
                line(entry, byArchitecture.getOrDefault(entry.architecture(), List.of()), dialects))
        .collect(Collectors.joining("", TEXT, ""));
  }

  private static Map<String, ChatDialect> dialects(Path templates) {
    Map<String, ChatDialect> dialects = new HashMap<>();
    for (JsonNode template : GoldenModel.read(templates).get("templates")) {
      dialects.put(
          template.get("template").asText().replace(".jinja", ""),
          ChatDialect.of(template.get("source").asText()));
    }
    return dialects;
  }

  private static String line(Entry entry, List<GoldenRow> rows, Map<String, ChatDialect> dialects) {
    String template = entry.template();
    if (rows.isEmpty()) {
      throw new IllegalStateException("nothing holds " + entry.architecture() + " to llama.cpp");
    }
    ChatDialect dialect = dialects.get(template);
    if (dialect == null && !template.isEmpty()) {
      throw new IllegalStateException("the golden data has no template " + template);
    }
    List<String> cells = new ArrayList<>();
    cells.add("`" + entry.architecture() + "`");
    cells.add(entry.models());
    cells.add(entry.features());
    cells.add(GoldenRow.summary(rows));
    cells.add(template.isEmpty() ? "its file's" : template);
    cells.add(dialect == null ? "" : code(dialect.calls()));
    cells.add(dialect == null ? "" : code(dialect.thoughts()));
    return cells.stream().collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  /** A column ends at a vertical bar also within code. */
  private static String code(String text) {
    return "`" + text.replace("|", "\\|") + "`";
  }
}
