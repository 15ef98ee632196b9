package dev.flyball.engine.grammar;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A range of characters as sequences of byte ranges: every sequence gives, for each byte of the
 * encoding, the first and the last value.
 *
 * <p>A range is cut where the length of the encoding changes and wherever its continuation bytes do
 * not run over all their values.
 */
final class Utf8Ranges {
  private static final int[] LENGTH_LIMITS = {0x7F, 0x7FF, 0xFFFF};

  private Utf8Ranges() {}

  /**
   * Splits a range without surrogates.
   *
   * @param sequences gets arrays of 2 values for each byte: first and last
   */
  static void split(CodePointSet.Range range, Consumer<int[]> sequences) {
    split(range.first(), range.last(), sequences);
  }

  private static void split(int first, int last, Consumer<int[]> sequences) {
    for (int limit : LENGTH_LIMITS) {
      if (first <= limit && last > limit) {
        split(first, limit, sequences);
        split(limit + 1, last, sequences);
        return;
      }
    }
    for (int bits = 6; bits <= 18 && last > 0x7F; bits += 6) {
      int low = (1 << bits) - 1;
      if ((first & ~low) != (last & ~low)) {
        if ((first & low) != 0) {
          split(first, first | low, sequences);
          split((first | low) + 1, last, sequences);
          return;
        }
        if ((last & low) != low) {
          split(first, (last & ~low) - 1, sequences);
          split(last & ~low, last, sequences);
          return;
        }
      }
    }
    sequences.accept(bytes(first, last));
  }

  private static int[] bytes(int first, int last) {
    byte[] low = utf8(first);
    byte[] high = utf8(last);
    int[] bytes = new int[low.length * 2];
    for (int i = 0; i < low.length; i++) {
      bytes[2 * i] = low[i] & 0xFF;
      bytes[2 * i + 1] = high[i] & 0xFF;
    }
    return bytes;
  }

  private static byte[] utf8(int codePoint) {
    return Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
  }
}
