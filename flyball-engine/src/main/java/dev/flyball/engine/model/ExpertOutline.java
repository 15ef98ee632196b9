package dev.flyball.engine.model;

/**
 * The experts of a model, known before it is loaded.
 *
 * @param fileBytes of all of them in the file
 * @param largestBytes of the largest one in memory
 * @param used by one token in a layer
 */
public record ExpertOutline(long fileBytes, long largestBytes, int used) {
  static final ExpertOutline NONE = new ExpertOutline(0, 0, 0);

  /** What a step of one token needs, and what may come meanwhile for the next layer. */
  public long leastBytes() {
    return 2L * used * largestBytes;
  }

  /** Of both. */
  ExpertOutline plus(ExpertOutline other) {
    return new ExpertOutline(
        fileBytes + other.fileBytes,
        Math.max(largestBytes, other.largestBytes),
        Math.max(used, other.used));
  }
}
