package dev.flyball.engine.model;

import dev.flyball.engine.cache.KvShape;

/**
 * What a model will need, known before it is loaded.
 *
 * @param config hyper-parameters
 * @param cacheShape what the cache keeps of one token
 * @param scratchBytesPerToken memory of a step for each token that it may have, about
 */
public record ModelOutline(ModelConfig config, KvShape cacheShape, long scratchBytesPerToken) {}
