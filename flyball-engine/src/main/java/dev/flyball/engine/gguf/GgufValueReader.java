package dev.flyball.engine.gguf;

import java.util.LinkedHashMap;
import java.util.Map;

/** Reads and checks the metadata part of a header. Arrays are checked but stay in the file. */
final class GgufValueReader {
  /** Models in use have fewer than a hundred. */
  static final int MAXIMUM_KEYS = 1 << 16;

  /** Empty name, type and one byte of value. */
  static final int MINIMUM_ENTRY_BYTES = 8 + 4 + 1;

  private static final int MAXIMUM_STRING_BYTES = 1 << 24;
  private static final int MAXIMUM_ARRAY_DEPTH = 4;
  private static final Subject KEY_NAME = Subject.of("name of a metadata key");

  private final GgufCursor cursor;

  GgufValueReader(GgufCursor cursor) {
    this.cursor = cursor;
  }

  Map<String, GgufValue> readValues(long count) {
    Map<String, GgufValue> values = new LinkedHashMap<>();
    for (long i = 0; i < count; i++) {
      long at = cursor.position();
      String name = cursor.readName(KEY_NAME);
      Subject key = Subject.key(name);
      if (values.put(name, readValue(key)) != null) {
        throw cursor.corrupt(at, key, "occurs twice");
      }
    }
    return values;
  }

  private GgufValue readValue(Subject key) {
    GgufValueType type = readType(key);
    long at = cursor.position();
    return switch (type) {
      case STRING -> new GgufValue.Text(at, cursor.readString(MAXIMUM_STRING_BYTES, key));
      case ARRAY -> readArray(key);
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, FLOAT32, UINT64, INT64, FLOAT64 ->
          new GgufValue.Scalar(at, type, cursor.readScalar(type, key));
      case BOOL -> new GgufValue.Scalar(at, type, readBoolean(key));
    };
  }

  private long readBoolean(Subject key) {
    long at = cursor.position();
    long value = cursor.readScalar(GgufValueType.BOOL, key);
    if (value > 1) {
      throw cursor.corrupt(at, key, "truth value " + value + " is neither 0 nor 1");
    }
    return value;
  }

  private GgufValueType readType(Subject key) {
    long at = cursor.position();
    int id = cursor.readInt(key);
    return GgufValueType.ofId(id)
        .orElseThrow(
            () ->
                cursor.corrupt(
                    at, key, "value type " + Integer.toUnsignedString(id) + " does not exist"));
  }

  private GgufValue.Array readArray(Subject key) {
    long at = cursor.position();
    GgufValueType elementType = readType(key);
    long count = readArrayCount(elementType, key);
    long begin = cursor.position();
    skipElements(elementType, count, 1, key);
    return new GgufValue.Array(at, elementType, count, cursor.slice(begin, cursor.position()));
  }

  private long readArrayCount(GgufValueType elementType, Subject key) {
    int minimumBytes =
        switch (elementType) {
          case STRING -> Long.BYTES;
          case ARRAY -> Integer.BYTES + Long.BYTES;
          case UINT8, INT8, UINT16, INT16, UINT32, INT32, FLOAT32, BOOL, UINT64, INT64, FLOAT64 ->
              elementType.bytes();
        };
    return cursor.readCount(Long.MAX_VALUE, minimumBytes, key);
  }

  private void skipElements(GgufValueType type, long count, int depth, Subject key) {
    if (depth > MAXIMUM_ARRAY_DEPTH) {
      throw cursor.corrupt(
          cursor.position(), key, "arrays are nested more than " + MAXIMUM_ARRAY_DEPTH + " deep");
    }
    switch (type) {
      case STRING -> {
        for (long i = 0; i < count; i++) {
          cursor.skipString(MAXIMUM_STRING_BYTES, key);
        }
      }
      case ARRAY -> {
        for (long i = 0; i < count; i++) {
          GgufValueType elementType = readType(key);
          skipElements(elementType, readArrayCount(elementType, key), depth + 1, key);
        }
      }
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, FLOAT32, BOOL, UINT64, INT64, FLOAT64 ->
          cursor.advance(count * type.bytes(), key);
    }
  }
}
