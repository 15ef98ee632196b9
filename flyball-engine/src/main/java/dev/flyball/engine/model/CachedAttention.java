package dev.flyball.engine.model;

/**
 * Attention of a step's queries over the cache, which it also writes to. Layers are counted as the
 * cache counts them.
 */
interface CachedAttention {
  /**
   * Writes the step's keys (tokens, kvHeads, keyLength) and values (tokens, kvHeads, valueLength)
   * to the cache.
   */
  void store(Step step, int layer, float[] keys, float[] values);

  /** From queries (tokens, heads, keyLength) to (tokens, heads, valueLength). */
  void attend(Step step, int layer, float[] queries, float[] attended);
}
