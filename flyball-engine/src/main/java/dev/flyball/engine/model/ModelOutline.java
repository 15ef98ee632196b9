package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvShape;

/**
 * What a model will need, known before it is loaded.
 *
 * @param config hyper-parameters
 * @param cacheShape what the cache keeps of one token
 * @param scratchBytesPerToken memory of a step for each token that it may have, about
 * @param experts those that can stay in the file until they are needed
 * @param imageTokens of an image, which a step has room for beside others; 0: it takes none
 * @param copiedWeightBytes weights that are in memory a second time, in another layout
 */
public record ModelOutline(
    ModelConfig config,
    KvShape cacheShape,
    long scratchBytesPerToken,
    ExpertOutline experts,
    int imageTokens,
    long copiedWeightBytes) {
  /** Of a model without such experts and copies. */
  public ModelOutline(ModelConfig config, KvShape cacheShape, long scratchBytesPerToken) {
    this(config, cacheShape, scratchBytesPerToken, ExpertOutline.NONE);
  }

  /** Of a model that takes no images and has no copies. */
  public ModelOutline(
      ModelConfig config, KvShape cacheShape, long scratchBytesPerToken, ExpertOutline experts) {
    this(config, cacheShape, scratchBytesPerToken, experts, 0, 0);
  }

  /** The same with so many bytes of copies. */
  public ModelOutline withCopies(long bytes) {
    return new ModelOutline(config, cacheShape, scratchBytesPerToken, experts, imageTokens, bytes);
  }

  /** The same with images of so many tokens. */
  public ModelOutline withImages(int tokens) {
    return new ModelOutline(
        config, cacheShape, scratchBytesPerToken, experts, tokens, copiedWeightBytes);
  }
}
