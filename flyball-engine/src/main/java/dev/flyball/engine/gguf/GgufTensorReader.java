package dev.flyball.engine.gguf;

import dev.flyball.kernels.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads and checks the list of tensors in a header, and finds their data. */
final class GgufTensorReader {
  /** Models in use have a few thousand at most. */
  static final int MAXIMUM_TENSORS = 1 << 16;

  /** Empty name, no dimensions, type and offset. */
  static final int MINIMUM_ENTRY_BYTES = 8 + 4 + 4 + 8;

  private static final int MAXIMUM_DIMENSIONS = 4;
  private static final Subject TENSOR_NAME = Subject.of("name of a tensor");

  private final GgufCursor cursor;
  private final MemorySegment file;
  private final long alignment;

  /**
   * @param cursor stands at the first tensor
   * @param alignment a power of two
   */
  GgufTensorReader(GgufCursor cursor, MemorySegment file, long alignment) {
    this.cursor = cursor;
    this.file = file;
    this.alignment = alignment;
  }

  /**
   * What the header says of a tensor.
   *
   * @param positionBytes where it says so
   */
  private record Entry(
      Subject subject,
      TensorType type,
      List<Long> shape,
      long offset,
      long bytes,
      long positionBytes) {}

  List<GgufTensor> readTensors(long count) {
    List<Entry> entries = readEntries(count);
    long dataBegin = (cursor.position() + alignment - 1) & -alignment;
    List<GgufTensor> tensors = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      requireInside(entry, file.byteSize() - dataBegin);
      MemorySegment data = file.asSlice(dataBegin + entry.offset(), entry.bytes());
      tensors.add(new GgufTensor(entry.subject().name(), entry.type(), entry.shape(), data));
    }
    requireApart(entries);
    return tensors;
  }

  private List<Entry> readEntries(long count) {
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (long i = 0; i < count; i++) {
      long at = cursor.position();
      String name = cursor.readName(TENSOR_NAME);
      Subject tensor = Subject.tensor(name);
      if (!names.add(name)) {
        throw cursor.corrupt(at, tensor, "occurs twice");
      }
      entries.add(readEntry(tensor, at));
    }
    return entries;
  }

  private Entry readEntry(Subject tensor, long positionBytes) {
    List<Long> shape = readShape(tensor);
    long typeAt = cursor.position();
    TensorType type = readType(tensor);
    long bytes = dataBytes(type, shape, typeAt, tensor);
    return new Entry(tensor, type, shape, cursor.readLong(tensor), bytes, positionBytes);
  }

  private List<Long> readShape(Subject tensor) {
    long at = cursor.position();
    int dimensions = cursor.readInt(tensor);
    if (dimensions < 0 || dimensions > MAXIMUM_DIMENSIONS) {
      throw cursor.corrupt(
          at, tensor, Integer.toUnsignedString(dimensions) + " dimensions; at most 4 are possible");
    }
    if (dimensions == 0) {
      return List.of(1L);
    }
    List<Long> shape = new ArrayList<>(dimensions);
    long elements = 1;
    for (int i = 0; i < dimensions; i++) {
      long lengthAt = cursor.position();
      long length = cursor.readLong(tensor);
      if (length < 1 || length > Long.MAX_VALUE / elements) {
        throw cursor.corrupt(
            lengthAt,
            tensor,
            "dimension " + i + " has the impossible length " + GgufCursor.unsigned(length));
      }
      elements *= length;
      shape.add(length);
    }
    return shape;
  }

  private TensorType readType(Subject tensor) {
    long at = cursor.position();
    int id = cursor.readInt(tensor);
    return TensorType.ofGgmlId(Integer.toUnsignedLong(id))
        .orElseThrow(
            () ->
                cursor.unsupported(
                    at,
                    tensor,
                    "is stored as " + GgmlTypeNames.describe(id) + ", which is not supported"));
  }

  private long dataBytes(TensorType type, List<Long> shape, long at, Subject tensor) {
    long rowLength = shape.getFirst();
    if (rowLength % type.blockElements() != 0) {
      throw cursor.corrupt(
          at,
          tensor,
          "rows of %d values cannot be %s, which comes in blocks of %d"
              .formatted(rowLength, type, type.blockElements()));
    }
    long elements = 1;
    for (long length : shape) {
      elements *= length;
    }
    if (elements / type.blockElements() > file.byteSize() / type.blockBytes()) {
      throw cursor.corrupt(at, tensor, elements + " values of " + type + " go beyond the file");
    }
    return type.bytesFor(elements);
  }

  private void requireInside(Entry entry, long dataSize) {
    long offset = entry.offset();
    if ((offset & (alignment - 1)) != 0) {
      throw cursor.corrupt(
          entry.positionBytes(),
          entry.subject(),
          "data offset %s is no multiple of the alignment %d"
              .formatted(GgufCursor.unsigned(offset), alignment));
    }
    if (offset < 0 || offset > dataSize || entry.bytes() > dataSize - offset) {
      throw cursor.corrupt(
          entry.positionBytes(),
          entry.subject(),
          "its %d bytes at data offset %s go beyond the end of the file; is the download complete?"
              .formatted(entry.bytes(), GgufCursor.unsigned(offset)));
    }
  }

  private void requireApart(List<Entry> entries) {
    List<Entry> byOffset = new ArrayList<>(entries);
    byOffset.sort(Comparator.comparingLong(Entry::offset));
    for (int i = 1; i < byOffset.size(); i++) {
      Entry before = byOffset.get(i - 1);
      Entry entry = byOffset.get(i);
      if (before.offset() + before.bytes() > entry.offset()) {
        throw cursor.corrupt(
            entry.positionBytes(), entry.subject(), "overlaps the data of " + before.subject());
      }
    }
  }
}
