package dev.flyball.engine.gguf;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads little-endian values from a segment, front to back, each checked against the segment's end.
 * Mutates its position only. Not thread-safe.
 */
final class GgufCursor {
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String source;
  private final MemorySegment bytes;
  private long position;

  /**
   * @param source the file's name, for messages
   */
  GgufCursor(String source, MemorySegment bytes) {
    this.source = source;
    this.bytes = bytes;
  }

  long position() {
    return position;
  }

  long remaining() {
    return bytes.byteSize() - position;
  }

  int readInt(String what) {
    return bytes.get(INT, advance(Integer.BYTES, what));
  }

  long readLong(String what) {
    return bytes.get(LONG, advance(Long.BYTES, what));
  }

  /** A number or truth value: integers widened by their sign, floating-point values as raw bits. */
  long readScalar(GgufValueType type, String what) {
    long at = advance(type.bytes(), what);
    return scalarAt(bytes, at, type);
  }

  static long scalarAt(MemorySegment bytes, long at, GgufValueType type) {
    return switch (type) {
      case UINT8, BOOL -> bytes.get(ValueLayout.JAVA_BYTE, at) & 0xFFL;
      case INT8 -> bytes.get(ValueLayout.JAVA_BYTE, at);
      case UINT16 -> bytes.get(SHORT, at) & 0xFFFFL;
      case INT16 -> bytes.get(SHORT, at);
      case UINT32, FLOAT32 -> bytes.get(INT, at) & 0xFFFF_FFFFL;
      case INT32 -> bytes.get(INT, at);
      case UINT64, INT64, FLOAT64 -> bytes.get(LONG, at);
      case STRING, ARRAY -> throw new IllegalArgumentException(type + " is no scalar");
    };
  }

  /** A string: its length as 64 bits, then as many bytes of UTF-8. */
  String readString(long maximumBytes, String what) {
    long at = position;
    long length = readLong(what);
    if (length < 0 || length > remaining()) {
      throw corrupt(at, what, "length " + Long.toUnsignedString(length) + " goes beyond the file");
    }
    if (length > maximumBytes) {
      throw corrupt(at, what, "length " + length + " is over the limit of " + maximumBytes);
    }
    return textAt(bytes, advance(length, what), (int) length);
  }

  static String textAt(MemorySegment bytes, long at, int length) {
    byte[] text = new byte[length];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, text, 0, length);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** Goes past a string without reading it. */
  void skipString(String what) {
    long at = position;
    long length = readLong(what);
    if (length < 0 || length > remaining() || length > Integer.MAX_VALUE) {
      throw corrupt(at, what, "length " + Long.toUnsignedString(length) + " goes beyond the file");
    }
    position += length;
  }

  /** Goes {@code count} bytes on and returns where it was. */
  long advance(long count, String what) {
    if (count < 0 || count > remaining()) {
      throw corrupt(
          position,
          what,
          "needs "
              + Long.toUnsignedString(count)
              + " bytes, but only "
              + remaining()
              + " are left");
    }
    long at = position;
    position += count;
    return at;
  }

  MemorySegment slice(long from, long to) {
    return bytes.asSlice(from, to - from);
  }

  EngineException corrupt(long at, String what, String problem) {
    return new EngineException(EngineError.FILE_CORRUPT, message(at, what, problem));
  }

  EngineException unsupported(long at, String what, String problem) {
    return new EngineException(EngineError.UNSUPPORTED_MODEL, message(at, what, problem));
  }

  private String message(long at, String what, String problem) {
    return source + ": " + what + " at byte " + at + ": " + problem;
  }
}
