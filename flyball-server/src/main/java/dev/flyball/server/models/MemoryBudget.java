package dev.flyball.server.models;

/** How much memory models may take. Thread-safe. */
public interface MemoryBudget {
  /** Bytes that all loaded models together may need. */
  long limitBytes();

  /** Bytes that are free on this machine at this moment, reclaimable caches included. */
  long availableBytes();

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
    };
  }
}
