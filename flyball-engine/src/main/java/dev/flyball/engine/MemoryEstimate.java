package dev.flyball.engine;

/**
 * Memory that a model needs, in bytes.
 *
 * @param weights the weights (mapped from the file: they come and go with the page cache, but are
 *     read at every step)
 * @param cache keys and values, and the states of recurrent layers, at full use
 * @param scratch what a step computes with
 * @param onDisk of the weights those that can do without memory: experts that are read when they
 *     are needed
 */
public record MemoryEstimate(long weights, long cache, long scratch, long onDisk) {
  /** Of a model all of whose weights are needed in memory. */
  public MemoryEstimate(long weights, long cache, long scratch) {
    this(weights, cache, scratch, 0);
  }

  /** What a model cannot do without beside its cache. */
  public long least() {
    return weights - onDisk + scratch;
  }

  /** Of two models together. */
  public MemoryEstimate plus(MemoryEstimate other) {
    return new MemoryEstimate(
        weights + other.weights,
        cache + other.cache,
        scratch + other.scratch,
        onDisk + other.onDisk);
  }

  public long total() {
    return weights + cache + scratch;
  }
}
