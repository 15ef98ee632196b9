package dev.flyball.kernels.sparse;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Writes scales and minima as a format has them. */
final class ScaleWriter {
  private ScaleWriter() {}

  static void put(NeuronFormat format, MemorySegment to, long offsetBytes, float value) {
    if (format.halves()) {
      short half = Float.floatToFloat16(value);
      to.set(ValueLayout.JAVA_SHORT_UNALIGNED, offsetBytes, half);
    } else {
      to.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offsetBytes, value);
    }
  }
}
