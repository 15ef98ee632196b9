package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvShape;

/**
 * What a model will need, known before it is loaded.
 *
 * @param config hyper-parameters
 * @param cacheShape what the cache keeps of one token
 * @param scratchBytesPerToken memory of a step for each token that it may have, about
 * @param experts those that can stay in the file until they are needed
 */
public record ModelOutline(
    ModelConfig config, KvShape cacheShape, long scratchBytesPerToken, ExpertOutline experts) {
  /** Of a model without such experts. */
  public ModelOutline(ModelConfig config, KvShape cacheShape, long scratchBytesPerToken) {
    this(config, cacheShape, scratchBytesPerToken, ExpertOutline.NONE);
  }
}
