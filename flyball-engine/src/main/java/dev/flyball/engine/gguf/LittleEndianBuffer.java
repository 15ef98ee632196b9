package dev.flyball.engine.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** Collects GGUF's little-endian values in memory. Not thread-safe. */
final class LittleEndianBuffer {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  int size() {
    return bytes.size();
  }

  void putInt(int value) {
    put(value, Integer.BYTES);
  }

  void putLong(long value) {
    put(value, Long.BYTES);
  }

  /** The lower {@code count} bytes of {@code value}. */
  void put(long value, int count) {
    for (int i = 0; i < count; i++) {
      bytes.write((int) (value >> (8 * i)));
    }
  }

  void putString(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    putLong(utf8.length);
    bytes.writeBytes(utf8);
  }

  void putBytes(MemorySegment source) {
    bytes.writeBytes(source.toArray(ValueLayout.JAVA_BYTE));
  }

  void putAll(LittleEndianBuffer other) {
    bytes.writeBytes(other.bytes.toByteArray());
  }

  void writeTo(OutputStream out) throws IOException {
    bytes.writeTo(out);
  }
}
