package dev.flyball.server.models;

import dev.flyball.engine.MemoryEstimate;

/** How much memory models may take. Thread-safe. */
public interface MemoryBudget {
  /** Bytes that all loaded models together may need. */
  long limitBytes();

  /** Bytes that are free on this machine at this moment, reclaimable caches included. */
  long availableBytes();

  /** Bytes without which a model cannot start; more, up to its whole estimate, serve it better. */
  long leastBytes(MemoryEstimate estimate);

  /** A limit set by hand, which is trusted whatever the machine says. */
  static MemoryBudget fixed(long limitBytes) {
    return new MemoryBudget() {
      @Override
      public long limitBytes() {
        return limitBytes;
      }

      @Override
      public long availableBytes() {
        return Long.MAX_VALUE;
      }

      // an engine does not know of this limit and may take all that it estimates
      @Override
      public long leastBytes(MemoryEstimate estimate) {
        return estimate.total();
      }
    };
  }
}
