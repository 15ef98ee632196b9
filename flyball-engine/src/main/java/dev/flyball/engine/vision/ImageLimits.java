package dev.flyball.engine.vision;

/**
 * How large a picture may be.
 *
 * @param fileBytes of its file
 * @param pixels of it as the file's header says, before any are decoded; four bytes each in memory
 */
public record ImageLimits(int fileBytes, int pixels) {
  /** 20 MiB, and 32 million pixels: what cameras make. */
  public static final ImageLimits DEFAULT = new ImageLimits(20 << 20, 1 << 25);

  public ImageLimits {
    if (fileBytes < 1 || pixels < 1) {
      throw new IllegalArgumentException("limits are at least 1");
    }
  }
}
