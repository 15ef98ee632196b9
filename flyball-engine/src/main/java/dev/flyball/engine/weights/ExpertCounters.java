package dev.flyball.engine.weights;

/**
 * What became of experts that lie on disk.
 *
 * @param experts of all layers
 * @param heldAtMost how many of them memory has room for
 * @param hits experts that a step needed and found in memory
 * @param misses experts that a step needed and that were read
 * @param readBytes read from the model's files
 * @param waitNanos how long steps waited for what was read
 */
public record ExpertCounters(
    int experts, int heldAtMost, long hits, long misses, long readBytes, long waitNanos) {}
