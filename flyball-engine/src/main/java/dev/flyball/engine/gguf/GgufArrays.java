package dev.flyball.engine.gguf;

import java.lang.foreign.MemorySegment;
import java.util.StringJoiner;
import java.util.function.Consumer;

/** Decodes metadata values whose structure the header reader has checked. */
final class GgufArrays {
  private static final int DESCRIBED_ELEMENTS = 8;
  private static final int DESCRIBED_CHARACTERS = 120;

  /** Enough for more characters than are shown, whatever their length in UTF-8. */
  private static final int DESCRIBED_TEXT_BYTES = 4 * (DESCRIBED_CHARACTERS + 1);

  private static final int DESCRIBED_ELEMENT_CHARACTERS = 24;

  private GgufArrays() {}

  static boolean isNumber(GgufValueType type) {
    return type.isInteger() || type.isFloatingPoint();
  }

  static double toDouble(GgufValueType type, long bits) {
    return switch (type) {
      case FLOAT32 -> Float.intBitsToFloat((int) bits);
      case FLOAT64 -> Double.longBitsToDouble(bits);
      case UINT64 -> bits >= 0 ? bits : (bits >>> 1) * 2.0;
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, INT64 -> bits;
      case BOOL, STRING, ARRAY -> throw new IllegalArgumentException(type + " is no number");
    };
  }

  /** Element {@code index} of an array of scalars, as {@link GgufValue.Scalar#bits()}. */
  static long scalar(GgufValue.Array array, long index) {
    GgufValueType type = array.elementType();
    return GgufCursor.scalarAt(array.elements(), index * type.bytes(), type);
  }

  /** Gives the first {@code count} elements of an array of strings, in order. */
  static void strings(GgufValue.Array array, long count, Consumer<String> sink) {
    MemorySegment elements = array.elements();
    long at = 0;
    for (long i = 0; i < count; i++) {
      int length = (int) elements.get(GgufCursor.LONG, at);
      sink.accept(GgufCursor.textAt(elements, at + Long.BYTES, length));
      at += Long.BYTES + length;
    }
  }

  static String describe(GgufValue value) {
    return switch (value) {
      case GgufValue.Text text -> describeText(text.utf8());
      case GgufValue.Scalar scalar -> describeScalar(scalar.type(), scalar.bits());
      case GgufValue.Array array -> describeArray(array);
    };
  }

  private static String describeText(MemorySegment utf8) {
    int bytes = (int) Math.min(utf8.byteSize(), DESCRIBED_TEXT_BYTES);
    return Quoted.shorten(GgufCursor.textAt(utf8, 0, bytes), DESCRIBED_CHARACTERS);
  }

  private static String describeScalar(GgufValueType type, long bits) {
    return switch (type) {
      case FLOAT32 -> Float.toString(Float.intBitsToFloat((int) bits));
      case FLOAT64 -> Double.toString(Double.longBitsToDouble(bits));
      case UINT64 -> Long.toUnsignedString(bits);
      case BOOL -> Boolean.toString(bits != 0);
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, INT64, STRING, ARRAY -> Long.toString(bits);
    };
  }

  private static String describeArray(GgufValue.Array array) {
    long shown = Math.min(array.count(), DESCRIBED_ELEMENTS);
    String end = array.count() > shown ? ", …] (" + array.count() + " elements)" : "]";
    StringJoiner elements = new StringJoiner(", ", "[", end);
    switch (array.elementType()) {
      case STRING ->
          strings(
              array,
              shown,
              text -> elements.add('"' + Quoted.shorten(text, DESCRIBED_ELEMENT_CHARACTERS) + '"'));
      case ARRAY -> {
        return array.typeName();
      }
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, FLOAT32, BOOL, UINT64, INT64, FLOAT64 -> {
        for (long i = 0; i < shown; i++) {
          elements.add(describeScalar(array.elementType(), scalar(array, i)));
        }
      }
    }
    return elements.toString();
  }
}
