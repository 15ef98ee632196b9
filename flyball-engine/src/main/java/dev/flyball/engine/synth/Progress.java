package dev.flyball.engine.synth;

/** Hears how far a file has been written, after about each megabyte, on the writing thread. */
@FunctionalInterface
public interface Progress {
  /** The last call has both numbers equal. */
  void written(long bytes, long totalBytes);
}
