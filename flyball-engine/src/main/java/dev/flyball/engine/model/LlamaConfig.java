package dev.flyball.engine.model;

import java.util.Optional;

/**
 * Hyper-parameters of the {@code llama} architecture, as its GGUF files name them.
 *
 * @param feedForwardLength hidden values of the feed forward network, or of one expert
 * @param epsilon of the RMS norms
 * @param experts number of experts; 0: the feed forward network is dense
 * @param expertsUsed experts that a token is sent to
 * @param ropeDimensions values of a head that are rotated
 * @param ropeBase base of the rotary frequencies
 */
record LlamaConfig(
    ModelConfig common,
    AttentionShape attention,
    int feedForwardLength,
    double epsilon,
    int experts,
    int expertsUsed,
    int ropeDimensions,
    double ropeBase,
    RopeScaling ropeScaling) {

  /**
   * @throws dev.flyball.engine.EngineException FILE_CORRUPT, UNSUPPORTED_MODEL
   */
  static LlamaConfig read(HyperParameters keys, int vocabularySize) {
    if (!keys.flag("attention.causal", true)) {
      throw keys.unsupported("attention.causal", "is false; only causal attention is supported");
    }
    ModelConfig common =
        new ModelConfig(
            keys.architecture(),
            vocabularySize,
            keys.count("embedding_length"),
            keys.count("block_count"),
            keys.count("context_length"),
            keys.pooling());
    AttentionShape attention = readAttention(keys, common.embeddingLength());
    int experts = keys.countOrNone("expert_count");
    return new LlamaConfig(
        common,
        attention,
        keys.count("feed_forward_length"),
        keys.positive("attention.layer_norm_rms_epsilon"),
        experts,
        experts == 0 ? 0 : readExpertsUsed(keys, experts),
        readRopeDimensions(keys, attention.keyLength()),
        keys.positive("rope.freq_base", 10_000),
        RopeScaling.read(keys, common.contextLength()));
  }

  private static AttentionShape readAttention(HyperParameters keys, int embeddingLength) {
    int heads = keys.count("attention.head_count");
    int kvHeads = keys.count("attention.head_count_kv", heads);
    if (heads % kvHeads != 0) {
      throw keys.invalid(
          "attention.head_count_kv", kvHeads + " does not divide the " + heads + " query heads");
    }
    boolean hasLengths = keys.has("attention.key_length") && keys.has("attention.value_length");
    if (!hasLengths && embeddingLength % heads != 0) {
      throw keys.invalid(
          "attention.head_count", heads + " does not divide embedding_length " + embeddingLength);
    }
    int headLength = Math.max(1, embeddingLength / heads);
    int keyLength = keys.count("attention.key_length", headLength);
    int valueLength = keys.count("attention.value_length", headLength);
    if ((long) heads * Math.max(keyLength, valueLength) > Integer.MAX_VALUE) {
      throw keys.invalid(
          "attention.head_count",
          "%d heads of %d and %d values are too long".formatted(heads, keyLength, valueLength));
    }
    int window = keys.countOrNone("attention.sliding_window");
    return new AttentionShape(heads, kvHeads, keyLength, valueLength, window);
  }

  private static int readExpertsUsed(HyperParameters keys, int experts) {
    int used = keys.count("expert_used_count");
    if (used > experts) {
      throw keys.invalid("expert_used_count", used + " is more than the " + experts + " experts");
    }
    return used;
  }

  private static int readRopeDimensions(HyperParameters keys, int keyLength) {
    int dimensions = keys.count("rope.dimension_count", keyLength);
    if (dimensions > keyLength || dimensions % 2 != 0) {
      throw keys.invalid(
          "rope.dimension_count",
          "should be even and at most the head's " + keyLength + " but is " + dimensions);
    }
    return dimensions;
  }

  /** The longest row that a matrix is multiplied by. */
  int maxColumns() {
    return Math.max(
        Math.max(common.embeddingLength(), attention.attendedColumns()), feedForwardLength);
  }

  RopeFrequencies ropeFrequencies(Optional<float[]> divisors) {
    return RopeFrequencies.of(ropeDimensions, ropeBase, divisors, ropeScaling);
  }

  /** Scratch memory of a step for each of its tokens, about, in bytes. */
  long scratchBytesPerToken() {
    long values =
        6L * common.embeddingLength()
            + attention.queryColumns()
            + attention.keyColumns()
            + attention.valueColumns()
            + attention.attendedColumns()
            + 2L * feedForwardLength
            + maxColumns();
    return values * Float.BYTES;
  }
}
