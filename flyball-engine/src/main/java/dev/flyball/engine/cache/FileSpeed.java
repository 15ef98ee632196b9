package dev.flyball.engine.cache;

/**
 * How fast a file takes or gives bytes: the mean of about the last ten blocks. Before the first one
 * a gigabyte a second is assumed. Not thread-safe.
 */
final class FileSpeed {
  private static final double ASSUMED_NANOS_PER_BYTE = 1;
  private static final double NEWEST_SHARE = 0.1;

  private double nanosPerByte = ASSUMED_NANOS_PER_BYTE;
  private boolean measured;

  void observe(long bytes, long nanos) {
    double newest = (double) nanos / bytes;
    nanosPerByte = measured ? nanosPerByte + NEWEST_SHARE * (newest - nanosPerByte) : newest;
    measured = true;
  }

  /** How long so many bytes take. */
  double nanos(long bytes) {
    return bytes * nanosPerByte;
  }
}
