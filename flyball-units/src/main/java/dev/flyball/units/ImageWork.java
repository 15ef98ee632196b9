package dev.flyball.units;

import java.time.Duration;

/**
 * What the images of one request took.
 *
 * @param images how many there were
 * @param cached how many of them had been encoded before
 * @param tokens that all of them have in the prompt
 * @param time for encoding them, with what they waited for
 */
public record ImageWork(int images, int cached, int tokens, Duration time) {
  /** Of a request without images. */
  public static final ImageWork NONE = new ImageWork(0, 0, 0, Duration.ZERO);

  public ImageWork {
    if (images < 0 || cached < 0 || cached > images || tokens < 0 || time.isNegative()) {
      throw new IllegalArgumentException("work cannot be negative, nor more cached than there are");
    }
  }
}
