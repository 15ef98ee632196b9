package dev.flyball.engine.gguf;

import java.lang.foreign.MemorySegment;

/** One metadata value as it stands in the file. */
sealed interface GgufValue {
  /** Where the value begins in the file. */
  long positionBytes();

  /** The type as a person reads it. */
  String typeName();

  /**
   * A number or truth value.
   *
   * @param bits integers widened to 64 bits by their sign, floating-point values as raw bits
   */
  record Scalar(long positionBytes, GgufValueType type, long bits) implements GgufValue {
    @Override
    public String typeName() {
      return type.label();
    }
  }

  /**
   * A string, left in the file until someone asks for it.
   *
   * @param utf8 its bytes
   */
  record Text(long positionBytes, MemorySegment utf8) implements GgufValue {
    String text() {
      return GgufCursor.textAt(utf8, 0, (int) utf8.byteSize());
    }

    @Override
    public String typeName() {
      return GgufValueType.STRING.label();
    }
  }

  /**
   * An array, left in the file until someone asks for it; its structure has been checked.
   *
   * @param elements the encoded elements
   */
  record Array(long positionBytes, GgufValueType elementType, long count, MemorySegment elements)
      implements GgufValue {
    @Override
    public String typeName() {
      return "array of " + count + " " + elementType.label();
    }
  }
}
