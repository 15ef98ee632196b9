package dev.flyball.engine.gguf;

import dev.flyball.engine.EngineException;
import dev.flyball.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads the header of one GGUF file of version 2 or 3 and checks every number in it against the
 * file before use, so that a damaged file costs an error and not memory or time: what it allocates
 * is proportional to the bytes that it has read.
 *
 * <pre>
 * "GGUF" | version u32 | tensors u64 | keys u64
 * key: name string | type u32 | value
 * tensor: name string | dimensions u32 | length u64 ... | type u32 | offset u64 into the data
 * zeros up to a multiple of general.alignment, then the data
 * </pre>
 *
 * <p>Source: GGUF specification in the ggml repository, docs/gguf.md.
 */
final class GgufHeaderReader {
  private static final int MAGIC = 0x46554747;
  private static final String ALIGNMENT_KEY = "general.alignment";
  private static final long DEFAULT_ALIGNMENT = 32;
  private static final long MAXIMUM_ALIGNMENT = 1 << 20;
  private static final int MAXIMUM_DIMENSIONS = 4;
  private static final int MAXIMUM_ARRAY_DEPTH = 4;
  private static final int MAXIMUM_NAME_BYTES = 65_535;
  private static final int MAXIMUM_STRING_BYTES = 1 << 28;

  /** Bytes of the shortest key: empty name, type and one byte of value. */
  private static final int MINIMUM_KEY_BYTES = 8 + 4 + 1;

  /** Bytes of the shortest tensor: empty name, no dimensions, type and offset. */
  private static final int MINIMUM_TENSOR_BYTES = 8 + 4 + 4 + 8;

  private final String source;
  private final MemorySegment file;
  private final GgufCursor cursor;

  private GgufHeaderReader(String source, MemorySegment file) {
    this.source = source;
    this.file = file;
    this.cursor = new GgufCursor(source, file);
  }

  /**
   * @param source the file's name, for messages
   * @param file the whole file
   * @throws EngineException FILE_CORRUPT, UNSUPPORTED_MODEL
   */
  static GgufHeader read(String source, MemorySegment file) {
    return new GgufHeaderReader(source, file).readHeader();
  }

  private GgufHeader readHeader() {
    int version = readVersion();
    long tensorCount = readCount("number of tensors");
    long keyCount = readCount("number of metadata keys");
    requireRoom(tensorCount, MINIMUM_TENSOR_BYTES, 8, "number of tensors");
    requireRoom(keyCount, MINIMUM_KEY_BYTES, 16, "number of metadata keys");
    GgufMetadata metadata = new GgufMetadata(source, readValues(keyCount));
    requireRoom(tensorCount, MINIMUM_TENSOR_BYTES, 8, "number of tensors");
    long alignment = alignment(metadata);
    List<TensorEntry> entries = readTensorEntries(tensorCount);
    long dataBegin = alignUp(cursor.position(), alignment);
    return new GgufHeader(version, metadata, locate(entries, dataBegin, alignment));
  }

  private int readVersion() {
    if (cursor.remaining() < Integer.BYTES || cursor.readInt("magic") != MAGIC) {
      throw cursor.corrupt(0, "magic", "this is no GGUF file: it does not begin with 'GGUF'");
    }
    int version = cursor.readInt("version");
    if (version != 0 && (version & 0xFFFF) == 0) {
      throw cursor.unsupported(
          4, "version", "the file is big-endian; convert the model to a little-endian GGUF file");
    }
    if (version != 2 && version != 3) {
      throw cursor.unsupported(
          4,
          "version",
          "GGUF version " + Integer.toUnsignedString(version) + "; versions 2 and 3 are supported");
    }
    return version;
  }

  private long readCount(String what) {
    long at = cursor.position();
    long count = cursor.readLong(what);
    if (count < 0) {
      throw cursor.corrupt(at, what, Long.toUnsignedString(count) + " goes beyond the file");
    }
    return count;
  }

  private void requireRoom(long count, int minimumBytes, long at, String what) {
    if (count > cursor.remaining() / minimumBytes) {
      throw cursor.corrupt(
          at, what, count + " cannot be in the " + cursor.remaining() + " bytes that are left");
    }
  }

  private Map<String, GgufValue> readValues(long count) {
    Map<String, GgufValue> values = new LinkedHashMap<>();
    for (long i = 0; i < count; i++) {
      long at = cursor.position();
      String key = cursor.readString(MAXIMUM_NAME_BYTES, "name of metadata key " + i);
      String what = "key " + Quoted.of(key);
      if (values.put(key, readValue(what)) != null) {
        throw cursor.corrupt(at, what, "occurs twice");
      }
    }
    return values;
  }

  private GgufValue readValue(String what) {
    GgufValueType type = readType(what);
    long at = cursor.position();
    return switch (type) {
      case STRING -> new GgufValue.Text(at, cursor.readString(MAXIMUM_STRING_BYTES, what));
      case ARRAY -> readArray(what);
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, FLOAT32, UINT64, INT64, FLOAT64 ->
          new GgufValue.Scalar(at, type, cursor.readScalar(type, what));
      case BOOL -> new GgufValue.Scalar(at, type, readBoolean(what));
    };
  }

  private long readBoolean(String what) {
    long at = cursor.position();
    long value = cursor.readScalar(GgufValueType.BOOL, what);
    if (value > 1) {
      throw cursor.corrupt(at, what, "truth value " + value + " is neither 0 nor 1");
    }
    return value;
  }

  private GgufValueType readType(String what) {
    long at = cursor.position();
    int id = cursor.readInt(what);
    return GgufValueType.ofId(id)
        .orElseThrow(
            () ->
                cursor.corrupt(
                    at, what, "value type " + Integer.toUnsignedString(id) + " does not exist"));
  }

  private GgufValue.Array readArray(String what) {
    long at = cursor.position();
    GgufValueType elementType = readType(what);
    long count = readCount(what);
    long begin = cursor.position();
    skipElements(elementType, count, 1, what);
    return new GgufValue.Array(at, elementType, count, cursor.slice(begin, cursor.position()));
  }

  private void skipElements(GgufValueType type, long count, int depth, String what) {
    if (depth > MAXIMUM_ARRAY_DEPTH) {
      throw cursor.corrupt(
          cursor.position(), what, "arrays are nested more than " + MAXIMUM_ARRAY_DEPTH + " deep");
    }
    switch (type) {
      case STRING -> {
        requireRoom(count, Long.BYTES, cursor.position(), what);
        for (long i = 0; i < count; i++) {
          cursor.skipString(what);
        }
      }
      case ARRAY -> {
        requireRoom(count, Integer.BYTES + Long.BYTES, cursor.position(), what);
        for (long i = 0; i < count; i++) {
          skipElements(readType(what), readCount(what), depth + 1, what);
        }
      }
      case UINT8, INT8, UINT16, INT16, UINT32, INT32, FLOAT32, BOOL, UINT64, INT64, FLOAT64 -> {
        requireRoom(count, type.bytes(), cursor.position(), what);
        cursor.advance(count * type.bytes(), what);
      }
    }
  }

  private long alignment(GgufMetadata metadata) {
    long alignment = metadata.findInteger(ALIGNMENT_KEY).orElse(DEFAULT_ALIGNMENT);
    if (alignment < 1 || alignment > MAXIMUM_ALIGNMENT || Long.bitCount(alignment) != 1) {
      throw metadata.invalid(
          ALIGNMENT_KEY,
          alignment + " is no power of two between 1 and " + MAXIMUM_ALIGNMENT + " bytes");
    }
    return alignment;
  }

  private static long alignUp(long position, long alignment) {
    return (position + alignment - 1) & -alignment;
  }

  /** A tensor of the header whose data has not been looked for. */
  private record TensorEntry(
      String name, TensorType type, List<Long> shape, long offset, long bytes, long positionBytes) {
    String what() {
      return "tensor " + Quoted.of(name);
    }
  }

  private List<TensorEntry> readTensorEntries(long count) {
    List<TensorEntry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (long i = 0; i < count; i++) {
      TensorEntry entry = readTensorEntry(i);
      if (!names.add(entry.name())) {
        throw cursor.corrupt(entry.positionBytes(), entry.what(), "occurs twice");
      }
      entries.add(entry);
    }
    return entries;
  }

  private TensorEntry readTensorEntry(long index) {
    long at = cursor.position();
    String name = cursor.readString(MAXIMUM_NAME_BYTES, "name of tensor " + index);
    String what = "tensor " + Quoted.of(name);
    List<Long> shape = readShape(what);
    long typeAt = cursor.position();
    int typeId = cursor.readInt(what);
    TensorType type =
        TensorType.ofGgmlId(Integer.toUnsignedLong(typeId))
            .orElseThrow(
                () ->
                    cursor.unsupported(
                        typeAt,
                        what,
                        "is stored as "
                            + GgmlTypeNames.describe(typeId)
                            + ", which is not supported"));
    long offset = cursor.readLong(what);
    return new TensorEntry(name, type, shape, offset, dataBytes(type, shape, typeAt, what), at);
  }

  private List<Long> readShape(String what) {
    long at = cursor.position();
    int dimensions = cursor.readInt(what);
    if (dimensions < 0 || dimensions > MAXIMUM_DIMENSIONS) {
      throw cursor.corrupt(
          at, what, Integer.toUnsignedString(dimensions) + " dimensions; at most 4 are possible");
    }
    if (dimensions == 0) {
      return List.of(1L);
    }
    List<Long> shape = new ArrayList<>(dimensions);
    long elements = 1;
    for (int i = 0; i < dimensions; i++) {
      long lengthAt = cursor.position();
      long length = cursor.readLong(what);
      if (length < 1 || length > Long.MAX_VALUE / elements) {
        throw cursor.corrupt(
            lengthAt,
            what,
            "dimension " + i + " has the impossible length " + Long.toUnsignedString(length));
      }
      elements *= length;
      shape.add(length);
    }
    return shape;
  }

  private long dataBytes(TensorType type, List<Long> shape, long at, String what) {
    long rowLength = shape.getFirst();
    if (rowLength % type.blockElements() != 0) {
      throw cursor.corrupt(
          at,
          what,
          "rows of %d values cannot be %s, which comes in blocks of %d"
              .formatted(rowLength, type, type.blockElements()));
    }
    long elements = 1;
    for (long length : shape) {
      elements *= length;
    }
    if (elements / type.blockElements() > file.byteSize() / type.blockBytes()) {
      throw cursor.corrupt(at, what, elements + " values of " + type + " go beyond the file");
    }
    return type.bytesFor(elements);
  }

  private List<GgufTensor> locate(List<TensorEntry> entries, long dataBegin, long alignment) {
    List<GgufTensor> tensors = new ArrayList<>(entries.size());
    for (TensorEntry entry : entries) {
      requireInside(entry, dataBegin, alignment);
      MemorySegment data = file.asSlice(dataBegin + entry.offset(), entry.bytes());
      tensors.add(new GgufTensor(entry.name(), entry.type(), entry.shape(), data));
    }
    requireApart(entries);
    return tensors;
  }

  private void requireInside(TensorEntry entry, long dataBegin, long alignment) {
    long offset = entry.offset();
    if ((offset & (alignment - 1)) != 0) {
      throw cursor.corrupt(
          entry.positionBytes(),
          entry.what(),
          "data offset %s is no multiple of the alignment %d"
              .formatted(Long.toUnsignedString(offset), alignment));
    }
    long dataSize = file.byteSize() - dataBegin;
    if (offset < 0 || offset > dataSize || entry.bytes() > dataSize - offset) {
      throw cursor.corrupt(
          entry.positionBytes(),
          entry.what(),
          "its %d bytes at data offset %s go beyond the end of the file; is the download complete?"
              .formatted(entry.bytes(), Long.toUnsignedString(offset)));
    }
  }

  private void requireApart(List<TensorEntry> entries) {
    List<TensorEntry> byOffset = new ArrayList<>(entries);
    byOffset.sort(Comparator.comparingLong(TensorEntry::offset));
    for (int i = 1; i < byOffset.size(); i++) {
      TensorEntry before = byOffset.get(i - 1);
      TensorEntry entry = byOffset.get(i);
      if (before.offset() + before.bytes() > entry.offset()) {
        throw cursor.corrupt(
            entry.positionBytes(), entry.what(), "overlaps the data of " + before.what());
      }
    }
  }
}
