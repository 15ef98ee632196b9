package dev.flyball.cli.bench;

import dev.flyball.cli.console.Amounts;
import dev.flyball.engine.gguf.GgufSummary;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is measured, on what, and how it is run.
 *
 * @param build the commit that was built
 * @param cpu the processor's name
 * @param file the model's file
 * @param summary what is in it
 * @param tensorBytes bytes of its tensors
 * @param stepTokens most tokens of a step
 * @param threads threads that compute
 */
public record BenchedModel(
    String build,
    String cpu,
    Path file,
    GgufSummary summary,
    long tensorBytes,
    int stepTokens,
    int threads) {

  /** {@code llama 1.24 B Q4_0}. */
  public String typeName() {
    return summary.architecture()
        + " "
        + Amounts.count(summary.parameters())
        + " "
        + summary.quantization();
  }

  Map<String, Object> fields() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("build_commit", build);
    fields.put("cpu_info", cpu);
    fields.put("backends", "CPU");
    fields.put("model", summary.name());
    fields.put("type", summary.quantization());
    fields.put("model_filename", file.toString());
    fields.put("model_type", typeName());
    fields.put("model_size", tensorBytes);
    fields.put("model_n_params", summary.parameters());
    fields.put("n_batch", stepTokens);
    fields.put("n_ubatch", stepTokens);
    fields.put("n_threads", threads);
    return fields;
  }
}
