package dev.flyball.engine.gguf;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads little-endian values from a segment, front to back, each checked against the segment's end.
 * Every {@code read...} moves on and throws FILE_CORRUPT where it cannot. Not thread-safe.
 */
final class GgufCursor {
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int MAXIMUM_NAME_BYTES = 65_535;

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

  int readInt(Subject subject) {
    return bytes.get(INT, advance(Integer.BYTES, subject));
  }

  long readLong(Subject subject) {
    return bytes.get(LONG, advance(Long.BYTES, subject));
  }

  /**
   * A number of things that follow, each at least {@code minimumBytes} long: so many that the file
   * can hold them, and at most {@code maximum}.
   */
  long readCount(long maximum, int minimumBytes, Subject subject) {
    long at = position;
    long count = readLong(subject);
    if (count < 0 || count > remaining() / minimumBytes) {
      throw corrupt(at, subject, unsigned(count) + " elements go beyond the file");
    }
    if (count > maximum) {
      throw corrupt(at, subject, count + " elements are over the limit of " + maximum);
    }
    return count;
  }

  /** A number or truth value: integers widened by their sign, floating-point values as raw bits. */
  long readScalar(GgufValueType type, Subject subject) {
    return scalarAt(bytes, advance(type.bytes(), subject), type);
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

  /** A name of printable ASCII characters, with its length as 64 bits before it. */
  String readName(Subject subject) {
    MemorySegment utf8 = readString(MAXIMUM_NAME_BYTES, subject);
    byte[] name = utf8.toArray(ValueLayout.JAVA_BYTE);
    for (int i = 0; i < name.length; i++) {
      if (name[i] < ' ' || name[i] > '~') {
        throw corrupt(
            position - name.length + i,
            subject,
            "byte 0x%02x cannot be in a name".formatted(name[i] & 0xFF));
      }
    }
    return new String(name, StandardCharsets.US_ASCII);
  }

  /** A string, left where it is: its length as 64 bits, then as many bytes of UTF-8. */
  MemorySegment readString(int maximumBytes, Subject subject) {
    long length = readCount(maximumBytes, 1, subject);
    return bytes.asSlice(advance(length, subject), length);
  }

  static String textAt(MemorySegment bytes, long at, int length) {
    byte[] text = new byte[length];
    MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, at, text, 0, length);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** Goes past a string without reading it. */
  void skipString(int maximumBytes, Subject subject) {
    advance(readCount(maximumBytes, 1, subject), subject);
  }

  /** Goes {@code count} bytes on and returns where it was. */
  long advance(long count, Subject subject) {
    if (count > remaining()) {
      throw corrupt(
          position, subject, count + " bytes needed, but only " + remaining() + " are left");
    }
    long at = position;
    position += count;
    return at;
  }

  MemorySegment slice(long from, long to) {
    return bytes.asSlice(from, to - from);
  }

  EngineException corrupt(long at, Subject subject, String problem) {
    return new EngineException(EngineError.FILE_CORRUPT, message(at, subject, problem));
  }

  EngineException unsupported(long at, Subject subject, String problem) {
    return new EngineException(EngineError.UNSUPPORTED_MODEL, message(at, subject, problem));
  }

  private String message(long at, Subject subject, String problem) {
    return source + ": " + subject + " at byte " + at + ": " + problem;
  }

  /** A count as the file means it: without a sign. */
  static String unsigned(long count) {
    return Long.toUnsignedString(count);
  }
}
