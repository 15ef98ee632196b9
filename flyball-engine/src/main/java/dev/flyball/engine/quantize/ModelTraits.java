package dev.flyball.engine.quantize;

import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufMetadata;

/**
 * What the rules of a mix ask about a model.
 *
 * @param layers {@code block_count}
 * @param experts 0 where there are none
 * @param queryHeadsPerKeyHead in the first layer; 0 where that has no keys
 * @param ofSeventyBillion whether it has the shape of a 70B model of the Llama or Qwen2 family
 * @param tiedEmbedding whether the token embedding is the output matrix too
 * @param values how many tensors are {@link TensorRole#ATTENTION_VALUE}
 */
record ModelTraits(
    int layers,
    int experts,
    int queryHeadsPerKeyHead,
    boolean ofSeventyBillion,
    boolean tiedEmbedding,
    int values) {

  static ModelTraits of(GgufFile file) {
    GgufMetadata metadata = file.metadata();
    String architecture = metadata.architecture();
    int layers = first(metadata, architecture + ".block_count", 0);
    int heads = first(metadata, architecture + ".attention.head_count", 0);
    int keyHeads = first(metadata, architecture + ".attention.head_count_kv", heads);
    boolean grouped =
        architecture.equals("qwen2") || (architecture.equals("llama") && heads != keyHeads);
    return new ModelTraits(
        layers,
        first(metadata, architecture + ".expert_count", 0),
        keyHeads == 0 ? 0 : heads / keyHeads,
        grouped && layers == 80,
        file.find("output.weight").isEmpty(),
        (int)
            file.tensors().stream()
                .filter(tensor -> TensorRole.of(tensor.name()) == TensorRole.ATTENTION_VALUE)
                .count());
  }

  private static int first(GgufMetadata metadata, String key, int orElse) {
    if (metadata.has(key) && metadata.isArray(key)) {
      int[] each = metadata.integers(key);
      return each.length == 0 ? orElse : each[0];
    }
    return Math.toIntExact(metadata.findInteger(key).orElse(orElse));
  }
}
