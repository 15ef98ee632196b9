package dev.flyball.kernels.attention;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Reads what {@link KvLayout#putKey} and {@link KvLayout#putValue} have written, as floats. Scratch
 * of one thread.
 */
public final class StoredTokens {
  private static final int TOKENS = KvLayout.BLOCK_TOKENS;

  private final KvLayout layout;
  private final short[] halves;
  private final byte[] bytes;
  private final float[] floats;
  private final float[] scales;

  public StoredTokens(KvLayout layout) {
    this.layout = layout;
    int longest = Math.max(TOKENS, layout.paddedValues());
    halves = new short[longest];
    bytes = new byte[longest];
    floats = new float[longest];
    scales = new float[TOKENS];
  }

  /**
   * Reads the keys of a block's first tokens.
   *
   * @param block memory that holds the head's block from {@code at}
   * @param keys where they go: (tokens, keyLength)
   */
  public void keys(MemorySegment block, long at, int tokens, float[] keys, int offset) {
    int length = layout.keyLength();
    for (int d = 0; d < length; d++) {
      int group = d / KvElement.SCALED;
      if (layout.keys().isScaled() && d % KvElement.SCALED == 0) {
        readScales(block, at + layout.keyScaleOffset(group, 0));
      }
      read(layout.keys(), block, at + (long) d * layout.keyStride(), TOKENS);
      for (int t = 0; t < tokens; t++) {
        float scale = layout.keys().isScaled() ? scales[t] : 1;
        keys[offset + t * length + d] = scale * floats[t];
      }
    }
  }

  private void readScales(MemorySegment block, long from) {
    for (int t = 0; t < TOKENS; t++) {
      scales[t] = scale(layout.keys(), block, from + (long) t * layout.keys().scaleBytes());
    }
  }

  /** Reads the values of a block's first tokens, as {@link #keys} does: (tokens, valueLength). */
  public void values(MemorySegment block, long at, int tokens, float[] values, int offset) {
    int length = layout.valueLength();
    KvElement element = layout.values();
    for (int t = 0; t < tokens; t++) {
      long from = at + layout.valuesOffset() + (long) t * layout.valueStride();
      read(element, block, from, layout.paddedValues());
      int to = offset + t * length;
      System.arraycopy(floats, 0, values, to, length);
      for (int d = 0; element.isScaled() && d < length; d += KvElement.SCALED) {
        long scaleAt = at + layout.valueScaleOffset(t, d / KvElement.SCALED);
        float scale = scale(element, block, scaleAt);
        for (int i = d; i < Math.min(length, d + KvElement.SCALED); i++) {
          values[to + i] *= scale;
        }
      }
    }
  }

  private static float scale(KvElement element, MemorySegment block, long at) {
    return element == KvElement.Q4_0
        ? Float.float16ToFloat(block.get(ValueLayout.JAVA_SHORT, at))
        : block.get(ValueLayout.JAVA_FLOAT, at);
  }

  /** Adjacent numbers, not yet scaled. */
  private void read(KvElement element, MemorySegment block, long from, int count) {
    switch (element) {
      case F32 -> MemorySegment.copy(block, ValueLayout.JAVA_FLOAT, from, floats, 0, count);
      case F16 -> readHalves(block, from, count);
      case Q8_0 -> readBytes(block, from, count);
      case Q4_0 -> readNibbles(block, from, count);
    }
  }

  private void readHalves(MemorySegment block, long from, int count) {
    MemorySegment.copy(block, ValueLayout.JAVA_SHORT, from, halves, 0, count);
    for (int i = 0; i < count; i++) {
      floats[i] = Float.float16ToFloat(halves[i]);
    }
  }

  private void readBytes(MemorySegment block, long from, int count) {
    MemorySegment.copy(block, ValueLayout.JAVA_BYTE, from, bytes, 0, count);
    for (int i = 0; i < count; i++) {
      floats[i] = bytes[i];
    }
  }

  private void readNibbles(MemorySegment block, long from, int count) {
    MemorySegment.copy(block, ValueLayout.JAVA_BYTE, from, bytes, 0, KvElement.Q4_0.bytes(count));
    for (int i = 0; i < count; i++) {
      int both = bytes[KvElement.Q4_0.offsetBytes(i)];
      int shift = KvElement.isUpperNibble(i) ? 24 : 28;
      floats[i] = both << shift >> 28;
    }
  }
}
