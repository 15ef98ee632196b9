package dev.flyball.engine.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;

/** Puts GGUF files together value by value, wrong ones too, where the writer refuses to. */
final class RawGguf {
  private final LittleEndianBuffer bytes = new LittleEndianBuffer();

  /** The beginning of a sound header. */
  static RawGguf header(long tensors, long keys) {
    return new RawGguf().u32(0x46554747).u32(3).u64(tensors).u64(keys);
  }

  RawGguf u8(int value) {
    bytes.put(value, 1);
    return this;
  }

  RawGguf u32(int value) {
    bytes.putInt(value);
    return this;
  }

  RawGguf u64(long value) {
    bytes.putLong(value);
    return this;
  }

  RawGguf string(String text) {
    bytes.putString(text);
    return this;
  }

  /** A key and the type of its value. */
  RawGguf key(String name, GgufValueType type) {
    return string(name).u32(type.id());
  }

  /** A tensor of F32 values with one dimension. */
  RawGguf floats(String name, long length, long offset) {
    return tensor(name, 0, offset, length);
  }

  RawGguf tensor(String name, int type, long offset, long... shape) {
    string(name).u32(shape.length);
    for (long length : shape) {
      u64(length);
    }
    return u32(type).u64(offset);
  }

  /** Zeros up to a multiple of 32, then as many more. */
  RawGguf data(int count) {
    int padding = -bytes.size() & 31;
    for (int i = 0; i < padding + count; i++) {
      u8(0);
    }
    return this;
  }

  byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeTo(out);
    return out.toByteArray();
  }

  private void writeTo(OutputStream out) {
    try {
      bytes.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  GgufHeader read() {
    return GgufHeaderReader.read("model.gguf", MemorySegment.ofArray(toBytes()));
  }
}
