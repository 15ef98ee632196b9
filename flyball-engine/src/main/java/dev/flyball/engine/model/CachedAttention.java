package dev.flyball.engine.model;

import java.util.Optional;

/**
 * Attention of a step's queries over the cache, which it also writes to. Layers are counted as the
 * cache counts them.
 */
interface CachedAttention {
  /** Sinks of a layer that has none. */
  float[] NO_SINKS = {};

  /**
   * Writes the step's keys (tokens, kvHeads, keyLength) and values (tokens, kvHeads, valueLength)
   * to the cache.
   */
  void store(Step step, int layer, float[] keys, float[] values);

  /**
   * From queries (tokens, heads, keyLength) to (tokens, heads, valueLength), of the step's tokens
   * from {@code first} up to {@code end}, without that.
   *
   * @param sinks for each head the score of an attention sink (arXiv:2309.17453), which takes its
   *     share of the weights and has no value; of length 0 where there are none
   */
  void attend(
      Step step, int first, int end, int layer, float[] queries, float[] sinks, float[] attended);

  /** Likewise, of all tokens of the step. */
  default void attend(Step step, int layer, float[] queries, float[] sinks, float[] attended) {
    attend(step, 0, step.tokens(), layer, queries, sinks, attended);
  }

  /**
   * What attends with a key and a value for each head, made of this cache's compressed ones; one
   * for all layers. Nothing: this way of attending only.
   */
  default Optional<ExpandedAttention> expanded(LatentLengths lengths) {
    return Optional.empty();
  }
}
