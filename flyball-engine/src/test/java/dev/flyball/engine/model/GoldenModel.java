package dev.flyball.engine.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * A tiny model and what llama.cpp computes for it: one entry of the golden data's index.
 *
 * @param tolerance of logits computed exactly
 * @param fastTolerance of logits from activations in 8 bits: how far llama.cpp's own are from the
 *     exact ones
 */
record GoldenModel(
    String name,
    String architecture,
    Path file,
    double tolerance,
    double fastTolerance,
    List<Prompt> prompts) {
  /** Tests only models whose name contains this: {@code -Dflyball.golden=qwen3}. */
  private static final String ONLY = System.getProperty("flyball.golden", "");

  /**
   * @param logits of the last position
   * @param greedy the ids that follow
   * @param margins of the largest logit over the second, at each of them
   */
  @SuppressWarnings("ArrayRecordComponent") // read-only test data
  record Prompt(String name, TokenIds ids, float[] logits, int[] greedy, double[] margins) {}

  /** Whether some models were left out on purpose. */
  static boolean isFiltered() {
    return !ONLY.isEmpty();
  }

  /** Whether a model of this name is tested. */
  static boolean isWanted(String name) {
    return name.contains(ONLY);
  }

  /** All text models of supported architectures in a folder with an {@code index.json}. */
  static List<GoldenModel> list(Path folder) {
    return list(folder, "text");
  }

  /** Likewise those whose output is a vector, not normalised: what is said of logits is of it. */
  static List<GoldenModel> listEmbedding(Path folder) {
    return list(folder, "embedding");
  }

  private static List<GoldenModel> list(Path folder, String kind) {
    List<String> supported = ModelFamilies.architectures();
    List<GoldenModel> models = new ArrayList<>();
    for (JsonNode entry : read(folder.resolve("index.json")).get("models")) {
      if (isWanted(entry.get("name").asText())
          && entry.get("kind").asText().equals(kind)
          && supported.contains(entry.get("architecture").asText())) {
        models.add(model(folder, entry));
      }
    }
    return models;
  }

  private static GoldenModel model(Path folder, JsonNode entry) {
    String wanted = entry.get("compare_with").asText();
    List<Prompt> prompts = new ArrayList<>();
    for (JsonNode prompt : read(folder.resolve(entry.get("logits").asText())).get("prompts")) {
      JsonNode values = values(prompt, wanted);
      prompts.add(
          new Prompt(
              prompt.get("name").asText(),
              TokenIds.of(integers(prompt.get("ids"))),
              floats(values.get(vectorName(values, wanted))),
              integers(values.path("greedy")),
              numbers(values.path("margins"))));
    }
    return new GoldenModel(
        entry.get("name").asText(),
        entry.get("architecture").asText(),
        folder.resolve(entry.get("model").asText()),
        entry.get("suggested_tolerance").asDouble(),
        quantised(entry)
            ? entry.get("dequantised_f32_difference").asDouble()
            : entry.get("suggested_tolerance").asDouble(),
        prompts);
  }

  /**
   * What to compare with; a build that computes GELU exactly, where its vector is there because it
   * differs.
   */
  private static JsonNode values(JsonNode prompt, String wanted) {
    if (wanted.startsWith("dequantised_f32")) {
      return prompt.get("dequantised_f32");
    }
    boolean exactBuild = wanted.startsWith("exact_build");
    JsonNode exact = prompt.path("exact_build");
    return exactBuild && (exact.has("logits_b64") || exact.has("embedding_b64"))
        ? prompt.get("exact_build")
        : prompt;
  }

  private static String vectorName(JsonNode values, String wanted) {
    String vector = values.has("embedding_b64") ? "embedding_b64" : "logits_b64";
    String exact = "exact_build_" + vector;
    return wanted.contains(exact) && values.has(exact) ? exact : vector;
  }

  /** Whether some of the model's matrices have a type of fewer than 16 bits. */
  private static boolean quantised(JsonNode entry) {
    List<String> types = new ArrayList<>();
    entry.get("tensor_types").fieldNames().forEachRemaining(types::add);
    return !List.of("F32", "F16", "BF16").containsAll(types);
  }

  static JsonNode read(Path path) {
    try {
      return new ObjectMapper().readTree(path.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int[] integers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
  }

  private static double[] numbers(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  private static float[] floats(JsonNode base64) {
    byte[] bytes = Base64.getDecoder().decode(base64.asText());
    float[] floats = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return floats;
  }
}
