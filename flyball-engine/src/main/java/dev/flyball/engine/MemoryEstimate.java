package dev.flyball.engine;

/**
 * Memory that a model needs, in bytes.
 *
 * @param weights the weights (mapped from the file: they come and go with the page cache, but are
 *     read at every step)
 * @param cache keys and values, and the states of recurrent layers, at full use
 * @param scratch what a step computes with
 */
public record MemoryEstimate(long weights, long cache, long scratch) {
  /** Of two models together. */
  public MemoryEstimate plus(MemoryEstimate other) {
    return new MemoryEstimate(
        weights + other.weights, cache + other.cache, scratch + other.scratch);
  }

  public long total() {
    return weights + cache + scratch;
  }
}
