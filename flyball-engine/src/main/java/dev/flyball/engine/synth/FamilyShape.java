package dev.flyball.engine.synth;

import java.util.List;

/**
 * A model of another family than Llama, with the sizes that its makers publish; layers, experts and
 * vocabulary may be fewer, so that the file stays small.
 *
 * @param layers number of blocks
 * @param vocabulary number of tokens
 */
public record FamilyShape(String name, Family family, int layers, int vocabulary)
    implements SyntheticShape {

  /** What sizes, keys and tensors a family's model has. */
  public enum Family {
    /** Qwen3.5 2B: three layers of four are gated delta nets. */
    QWEN35("qwen35"),
    /** Granite 4.0 H 1B: nine layers of ten are Mamba-2. */
    GRANITE_HYBRID("granitehybrid"),
    /** LFM2 1.2B: ten layers of 16 are short convolutions. */
    LFM2("lfm2"),
    /** Gemma 3 1B: heads of 256, five layers of six see 512 tokens. */
    GEMMA3("gemma3"),
    /** DeepSeek V2 Lite with 4 experts of 64: latent attention. */
    DEEPSEEK2("deepseek2"),
    /**
     * gpt-oss 20B with 8 experts of 32, these in MXFP4: sinks, every other layer sees 128 tokens.
     */
    GPT_OSS("gpt-oss"),
    /** BGE base: BERT, for embeddings. */
    BERT("bert");

    private final String architecture;

    Family(String architecture) {
      this.architecture = architecture;
    }
  }

  private static final int MOST_LAYERS = 256;
  private static final int MOST_TOKENS = 1 << 20;

  /**
   * @throws IllegalArgumentException where layers or tokens are none or too many
   */
  public FamilyShape {
    if (layers < 1 || layers > MOST_LAYERS) {
      throw new IllegalArgumentException(layers + " layers are not between 1 and " + MOST_LAYERS);
    }
    if (vocabulary < ModelShape.MINIMUM_VOCABULARY || vocabulary > MOST_TOKENS) {
      throw new IllegalArgumentException(
          "%d tokens are not between %d and %d"
              .formatted(vocabulary, ModelShape.MINIMUM_VOCABULARY, MOST_TOKENS));
    }
  }

  /** The shapes that have names. */
  public static List<FamilyShape> named() {
    return List.of(
        new FamilyShape("qwen3.5-2b", Family.QWEN35, 24, 248_320),
        new FamilyShape("granite-4.0-h-1b", Family.GRANITE_HYBRID, 40, 100_352),
        new FamilyShape("lfm2-1.2b", Family.LFM2, 16, 65_536),
        new FamilyShape("gemma-3-1b", Family.GEMMA3, 26, 262_144),
        new FamilyShape("deepseek-v2-lite-cut", Family.DEEPSEEK2, 27, 102_400),
        new FamilyShape("gpt-oss-cut", Family.GPT_OSS, 6, 201_088),
        new FamilyShape("bge-base", Family.BERT, 12, 30_522));
  }

  String architecture() {
    return family.architecture;
  }

  void drawOn(Blueprint blueprint) {
    switch (family) {
      case QWEN35 -> RecurrentBlueprints.qwen35(blueprint);
      case GRANITE_HYBRID -> RecurrentBlueprints.graniteHybrid(blueprint);
      case LFM2 -> RecurrentBlueprints.lfm2(blueprint);
      case GEMMA3 -> AttentionBlueprints.gemma3(blueprint);
      case DEEPSEEK2 -> AttentionBlueprints.deepSeek2(blueprint);
      case GPT_OSS -> AttentionBlueprints.gptOss(blueprint);
      case BERT -> AttentionBlueprints.bert(blueprint);
    }
  }
}
