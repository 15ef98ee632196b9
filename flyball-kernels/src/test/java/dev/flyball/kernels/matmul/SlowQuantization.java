package dev.flyball.kernels.matmul;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Quantisation in plain Java: the oracle of the generated one. */
final class SlowQuantization {
  private static final int BLOCK = 32;

  private SlowQuantization() {}

  /** One tile as {@link QuantizedLayout} describes it. */
  static byte[] of(
      QuantizedLayout layout, boolean fine, float[] x, int columns, TokenTiles tiles, int tile) {
    int tokens = tiles.size(tile);
    int size = fine ? 2 * tokens : tokens;
    ByteBuffer target =
        ByteBuffer.allocate((int) layout.tileBytes(size, columns)).order(ByteOrder.LITTLE_ENDIAN);
    for (int b = 0; b < columns / BLOCK; b++) {
      for (int t = 0; t < size; t++) {
        int from = (tiles.first(tile) + t % tokens) * columns + b * BLOCK;
        int group = from - b * BLOCK % layout.scaleColumns();
        float scale = scale(x, group, layout.scaleColumns());
        int[] values = new int[BLOCK];
        for (int i = 0; i < BLOCK; i++) {
          values[i] = t < tokens ? code(x[from + i], scale) : rest(x[from + i], scale);
        }
        float unit = t < tokens ? scale : scale / 256;
        block(layout, values, unit, target, b, t, size);
      }
    }
    return target.array();
  }

  static float scale(float[] x, int from, int columns) {
    float largest = 0;
    for (int i = from; i < from + columns; i++) {
      largest = Math.max(largest, Math.abs(x[i]));
    }
    return Math.max(Float.MIN_NORMAL, largest / 127);
  }

  static int code(float x, float scale) {
    return rounded(x * (1 / scale));
  }

  /** What rounding x leaves of it, in units of a 256th of the scale. */
  static int rest(float x, float scale) {
    float rest = (x - code(x, scale) * scale) * (1 / scale) * 256;
    return rounded(Math.max(-127, rest));
  }

  private static int rounded(float value) {
    return Float.isNaN(value) ? 127 : (int) Math.rint(Math.min(127, value));
  }

  /** Where in a block value i of a token is. */
  private static int place(QuantizedLayout layout, int token, int tokens, int i) {
    boolean alone = !layout.paired() || (token == tokens - 1 && tokens % 2 == 1);
    int pair = token / 2;
    return alone ? BLOCK * token + i : 2 * BLOCK * pair + 16 * (i / 8) + 8 * (token % 2) + i % 8;
  }

  private static void block(
      QuantizedLayout layout,
      int[] values,
      float scale,
      ByteBuffer target,
      int b,
      int t,
      int size) {
    int group = b / layout.groupBlocks() * layout.groupBytes(size);
    int inGroup = b % layout.groupBlocks();
    int at = group + inGroup * layout.blockBytes(size);
    for (int i = 0; i < BLOCK; i++) {
      target.put(at + place(layout, t, size, i), (byte) values[i]);
    }
    target.putFloat(group + layout.scalesOffset(size) + 4 * t, scale);
    int partColumns = BLOCK / layout.parts();
    for (int part = 0; part < layout.parts(); part++) {
      int sum = 0;
      for (int i = part * partColumns; i < (part + 1) * partColumns; i++) {
        sum += values[i];
      }
      int index = 4 * (part * size + t);
      if (layout.offset() != 0) {
        target.putInt(at + layout.correctionsOffset(size) + index, -layout.offset() * sum);
      }
      if (layout.sums()) {
        int sums = group + layout.sumsOffset(size);
        if (layout.superScaled()) {
          int number = inGroup * layout.parts() + part;
          int high = (int) Math.rint(sum / 128.0);
          int quad = sums + 8 * size * (number / 4) + 4 * t;
          target.put(quad + number % 4, (byte) high);
          target.put(quad + 4 * size + number % 4, (byte) (sum - 128 * high));
        } else {
          target.putFloat(sums + index, scale * sum);
        }
      }
    }
  }
}
