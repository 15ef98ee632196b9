package dev.flyball.engine.schedule;

/**
 * What a scheduler may hand out.
 *
 * @param maxRunning sequences that take part in a step, at least 1; cut to {@code maxBatchTokens}
 * @param maxBatchTokens tokens of a step, at least 1
 * @param blockTokens tokens of a block of memory: the grain of sharing, and of chunks
 */
public record SchedulerLimits(int maxRunning, int maxBatchTokens, int blockTokens) {
  public SchedulerLimits {
    if (maxRunning < 1 || maxBatchTokens < 1 || blockTokens < 1) {
      throw new IllegalArgumentException(
          "limits must be at least 1: running "
              + maxRunning
              + ", tokens of a batch "
              + maxBatchTokens
              + ", tokens of a block "
              + blockTokens);
    }
    maxRunning = Math.min(maxRunning, maxBatchTokens);
  }
}
