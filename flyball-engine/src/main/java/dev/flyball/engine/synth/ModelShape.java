package dev.flyball.engine.synth;

import java.util.List;

/**
 * The sizes of a model of architecture {@code llama}.
 *
 * @param name as people say it, e.g. {@code llama-3.2-1b}
 * @param layers number of blocks
 * @param embeddingLength length of a hidden vector
 * @param feedForwardLength length of the vector inside a feed-forward network
 * @param heads number of query heads
 * @param keyValueHeads number of key and value heads, a divisor of {@code heads}
 * @param headLength length of a query, key or value vector
 * @param vocabulary number of tokens
 * @param contextLength tokens of the longest sequence
 * @param experts number of feed-forward networks in a layer; 0 where there is one without a router
 * @param expertsUsed how many of the experts a token goes through
 * @param tiedOutput whether the output matrix is the embedding matrix
 * @param rope how positions are encoded
 */
public record ModelShape(
    String name,
    int layers,
    int embeddingLength,
    int feedForwardLength,
    int heads,
    int keyValueHeads,
    int headLength,
    int vocabulary,
    int contextLength,
    int experts,
    int expertsUsed,
    boolean tiedOutput,
    RopeShape rope)
    implements SyntheticShape {

  /** Tokens that the synthetic vocabulary always has. */
  public static final int MINIMUM_VOCABULARY = 512;

  private static final int MAXIMUM = 1 << 24;

  private static final ModelShape TINY =
      new ModelShape(
          "tiny", 2, 256, 768, 4, 2, 64, 1024, 2048, 0, 0, true, RopeShape.plain(10_000));
  private static final ModelShape LLAMA_160M =
      new ModelShape(
          "160m", 12, 768, 3072, 12, 12, 64, 32_000, 2048, 0, 0, false, RopeShape.plain(10_000));
  private static final ModelShape LLAMA_3_2_1B =
      new ModelShape(
          "llama-3.2-1b",
          16,
          2048,
          8192,
          32,
          8,
          64,
          128_256,
          131_072,
          0,
          0,
          true,
          RopeShape.llama3(500_000, 32));
  private static final ModelShape LLAMA_3_2_3B =
      new ModelShape(
          "llama-3.2-3b",
          28,
          3072,
          8192,
          24,
          8,
          128,
          128_256,
          131_072,
          0,
          0,
          true,
          RopeShape.llama3(500_000, 32));
  private static final ModelShape LLAMA_3_1_8B =
      new ModelShape(
          "llama-3.1-8b",
          32,
          4096,
          14_336,
          32,
          8,
          128,
          128_256,
          131_072,
          0,
          0,
          false,
          RopeShape.llama3(500_000, 8));

  /**
   * @throws IllegalArgumentException where the sizes do not make a model; the message says which
   */
  public ModelShape {
    requireBetween("layers", layers, 1, 1024);
    requireBetween("dim", embeddingLength, 1, MAXIMUM);
    requireBetween("ffn", feedForwardLength, 1, MAXIMUM);
    requireBetween("heads", heads, 1, 65_536);
    requireBetween("kv-heads", keyValueHeads, 1, heads);
    requireBetween("head-dim", headLength, 2, 65_536);
    requireBetween("vocab", vocabulary, MINIMUM_VOCABULARY, MAXIMUM);
    requireBetween("context", contextLength, 1, Integer.MAX_VALUE);
    requireBetween("experts", experts, 0, 4096);
    requireBetween("experts-used", expertsUsed, experts == 0 ? 0 : 1, experts);
    if (heads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          "heads=" + heads + " is no multiple of kv-heads=" + keyValueHeads);
    }
    if (headLength % 2 != 0) {
      throw new IllegalArgumentException("head-dim=" + headLength + " is odd");
    }
  }

  private static void requireBetween(String key, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          key + "=" + value + " is not between " + least + " and " + most);
    }
  }

  /** The shapes that have names, smallest first. */
  public static List<ModelShape> named() {
    return List.of(TINY, LLAMA_160M, LLAMA_3_2_1B, LLAMA_3_2_3B, LLAMA_3_1_8B);
  }

  /**
   * A shape by its name, or from a list such as {@code
   * layers=16,dim=2048,ffn=8192,heads=32,kv-heads=8,vocab=128256,context=131072}, to which {@code
   * head-dim=64}, {@code experts=8,experts-used=2} and {@code tied} may be added.
   *
   * @throws IllegalArgumentException where the text is neither; the message says what is wrong
   */
  public static ModelShape parse(String text) {
    return named().stream()
        .filter(shape -> shape.name().equalsIgnoreCase(text.strip()))
        .findFirst()
        .orElseGet(() -> new ShapeList(text).toShape());
  }
}
