package dev.flyball.engine.vision;

/**
 * A picture in memory: {@code (height, width, 3)} values of 0 to 255, red, green and blue. Not to
 * be changed once it was handed on.
 */
final class Picture {
  static final int CHANNELS = 3;

  private final int width;
  private final int height;
  private final byte[] rgb;

  Picture(int width, int height, byte[] rgb) {
    if (width < 1 || height < 1 || rgb.length != Math.multiplyExact(CHANNELS * width, height)) {
      throw new IllegalArgumentException(
          "%d bytes for %d x %d pixels".formatted(rgb.length, width, height));
    }
    this.width = width;
    this.height = height;
    this.rgb = rgb;
  }

  /** Of one colour: black. */
  Picture(int width, int height) {
    this(width, height, new byte[Math.multiplyExact(CHANNELS * width, height)]);
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** A value of 0 to 255. */
  int value(int x, int y, int channel) {
    return rgb[(y * width + x) * CHANNELS + channel] & 0xFF;
  }

  /** Copies another picture into this one; all of it has to fit. */
  void put(Picture other, int left, int top) {
    for (int y = 0; y < other.height; y++) {
      System.arraycopy(
          other.rgb,
          y * other.width * CHANNELS,
          rgb,
          ((top + y) * width + left) * CHANNELS,
          other.width * CHANNELS);
    }
  }
}
