package dev.flyball.cli.load.workload;

import java.util.List;

/**
 * A request of a trace.
 *
 * @param timeNanos when it came, on the trace's own clock
 * @param promptTokens 1 or more
 * @param outputTokens 0 or more
 * @param blockIds equal ids stand for equal text of {@value #BLOCK_TOKENS} tokens, the last one
 *     maybe shorter; empty where the trace does not tell
 */
record TraceRecord(long timeNanos, int promptTokens, int outputTokens, List<Long> blockIds) {
  static final int BLOCK_TOKENS = 512;

  TraceRecord {
    if (promptTokens < 1 || promptTokens > TokenRange.MAX_TOKENS) {
      throw new IllegalArgumentException(
          "a prompt of %d tokens is not 1 to %d".formatted(promptTokens, TokenRange.MAX_TOKENS));
    }
    if (outputTokens < 0 || outputTokens > TokenRange.MAX_TOKENS) {
      throw new IllegalArgumentException(
          "an answer of %d tokens is not 0 to %d".formatted(outputTokens, TokenRange.MAX_TOKENS));
    }
    blockIds = List.copyOf(blockIds);
    int blocks = (promptTokens + BLOCK_TOKENS - 1) / BLOCK_TOKENS;
    if (!blockIds.isEmpty() && blockIds.size() != blocks) {
      throw new IllegalArgumentException(
          "%d hash_ids for a prompt of %d tokens, which has %d blocks of %d"
              .formatted(blockIds.size(), promptTokens, blocks, BLOCK_TOKENS));
    }
  }
}
