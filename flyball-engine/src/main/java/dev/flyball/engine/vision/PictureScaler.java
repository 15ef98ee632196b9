package dev.flyball.engine.vision;

/**
 * Brings pictures to a square: as large as fits with its proportions, in the middle of black. Each
 * value is a mean of those around its place in the original, weighted by a triangle that is one
 * pixel wide to each side in the smaller of both pictures: bilinear where the picture grows, and
 * without aliasing where it shrinks. Beyond its edges it goes on as at them.
 */
final class PictureScaler {
  private PictureScaler() {}

  /** The picture in a square of {@code side} pixels. */
  static Picture toSquare(Picture picture, int side) {
    if (picture.width() == side && picture.height() == side) {
      return picture;
    }
    float scale = Math.min((float) side / picture.width(), (float) side / picture.height());
    int width = Math.clamp((int) Math.ceil(picture.width() * scale), 1, side);
    int height = Math.clamp((int) Math.ceil(picture.height() * scale), 1, side);
    Picture square = new Picture(side, side);
    square.put(scaled(picture, width, height), (side - width) / 2, (side - height) / 2);
    return square;
  }

  /** Line by line first, then column by column. */
  static Picture scaled(Picture picture, int width, int height) {
    Weights across = Weights.of(picture.width(), width);
    Weights down = Weights.of(picture.height(), height);
    int row = width * Picture.CHANNELS;
    float[] lines = new float[Math.multiplyExact(row, picture.height())];
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < width; x++) {
        for (int channel = 0; channel < Picture.CHANNELS; channel++) {
          float sum = 0;
          for (int k = 0; k < across.count(x); k++) {
            sum += across.weight(x, k) * picture.value(across.source(x, k), y, channel);
          }
          lines[y * row + x * Picture.CHANNELS + channel] = sum;
        }
      }
    }
    byte[] rgb = new byte[Math.multiplyExact(row, height)];
    for (int y = 0; y < height; y++) {
      for (int i = 0; i < row; i++) {
        float sum = 0;
        for (int k = 0; k < down.count(y); k++) {
          sum += down.weight(y, k) * lines[down.source(y, k) * row + i];
        }
        rgb[y * row + i] = (byte) Math.clamp((int) (sum + 0.5f), 0, 255);
      }
    }
    return new Picture(width, height, rgb);
  }

  /** What each of the new values along one axis is made of. */
  @SuppressWarnings("ArrayRecordComponent") // never compared; written once
  private record Weights(int length, int[] first, float[][] values) {
    static Weights of(int length, int wanted) {
      int[] first = new int[wanted];
      float[][] values = new float[wanted][];
      double step = (double) length / wanted;
      double reach = Math.max(1, step);
      for (int i = 0; i < wanted; i++) {
        double centre = (i + 0.5) * step;
        int from = (int) Math.floor(centre - reach);
        int to = (int) Math.ceil(centre + reach);
        first[i] = from;
        values[i] = triangle(centre - from, reach, to - from);
      }
      return new Weights(length, first, values);
    }

    /** Weights of pixels from 0 on, as they are seen from a point; their sum is 1. */
    private static float[] triangle(double centre, double reach, int count) {
      double[] weights = new double[count];
      double sum = 0;
      for (int k = 0; k < count; k++) {
        weights[k] = Math.max(0, 1 - Math.abs(k + 0.5 - centre) / reach);
        sum += weights[k];
      }
      float[] normed = new float[count];
      for (int k = 0; k < count; k++) {
        normed[k] = (float) (weights[k] / sum);
      }
      return normed;
    }

    int count(int i) {
      return values[i].length;
    }

    float weight(int i, int k) {
      return values[i][k];
    }

    int source(int i, int k) {
      return Math.clamp(first[i] + k, 0, length - 1);
    }
  }
}
