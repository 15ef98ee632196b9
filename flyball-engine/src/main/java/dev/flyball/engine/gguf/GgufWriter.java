package dev.flyball.engine.gguf;

import dev.flyball.kernels.TensorType;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Writes a GGUF file of version 3: first put the metadata and add the tensors, then {@link #write}.
 * Tensors' values are streamed, never held. Not thread-safe.
 *
 * <p>Putting a key or adding a tensor twice, or a value that its type cannot hold, is an {@link
 * IllegalArgumentException}.
 */
public final class GgufWriter {
  private static final int MAGIC = 0x46554747;
  private static final int VERSION = 3;
  private static final int DEFAULT_ALIGNMENT = 32;
  private static final String ALIGNMENT_KEY = "general.alignment";

  private final Set<String> keys = new HashSet<>();
  private final LittleEndianBuffer values = new LittleEndianBuffer();
  private final Set<String> tensorNames = new HashSet<>();
  private final List<Entry> tensors = new ArrayList<>();
  private int alignmentBytes = DEFAULT_ALIGNMENT;

  private record Entry(
      String name, TensorType type, List<Long> shape, long bytes, TensorContent content) {}

  /** Lets every tensor begin at a multiple of this power of two; without it 32. */
  public GgufWriter align(int bytes) {
    if (Integer.bitCount(bytes) != 1) {
      throw new IllegalArgumentException("alignment " + bytes + " is no power of two");
    }
    putInteger(ALIGNMENT_KEY, GgufValueType.UINT32, bytes);
    alignmentBytes = bytes;
    return this;
  }

  /** Puts the keys of another file that {@code wanted} names, with their values as they are. */
  public GgufWriter putAll(GgufMetadata source, Predicate<String> wanted) {
    for (String key : source.keys()) {
      if (!wanted.test(key)) {
        continue;
      }
      if (key.equals(ALIGNMENT_KEY)) {
        align(Math.toIntExact(source.integer(key)));
      } else {
        put(key, source.value(key));
      }
    }
    return this;
  }

  private void put(String key, GgufValue value) {
    switch (value) {
      case GgufValue.Scalar scalar -> {
        begin(key, scalar.type());
        values.put(scalar.bits(), scalar.type().bytes());
      }
      case GgufValue.Text text -> {
        begin(key, GgufValueType.STRING);
        values.putLong(text.utf8().byteSize());
        values.putBytes(text.utf8());
      }
      case GgufValue.Array array -> {
        begin(key, GgufValueType.ARRAY);
        values.putInt(array.elementType().id());
        values.putLong(array.count());
        values.putBytes(array.elements());
      }
    }
  }

  public GgufWriter putString(String key, String value) {
    begin(key, GgufValueType.STRING);
    values.putString(value);
    return this;
  }

  public GgufWriter putInteger(String key, GgufValueType type, long value) {
    requireInteger(type, value);
    begin(key, type);
    values.put(value, type.bytes());
    return this;
  }

  public GgufWriter putNumber(String key, GgufValueType type, double value) {
    requireFloatingPoint(type);
    begin(key, type);
    values.put(bits(type, value), type.bytes());
    return this;
  }

  public GgufWriter putBoolean(String key, boolean value) {
    begin(key, GgufValueType.BOOL);
    values.put(value ? 1 : 0, 1);
    return this;
  }

  public GgufWriter putStrings(String key, List<String> elements) {
    beginArray(key, GgufValueType.STRING, elements.size());
    elements.forEach(values::putString);
    return this;
  }

  public GgufWriter putIntegers(String key, GgufValueType type, long... elements) {
    for (long element : elements) {
      requireInteger(type, element);
    }
    beginArray(key, type, elements.length);
    for (long element : elements) {
      values.put(element, type.bytes());
    }
    return this;
  }

  public GgufWriter putNumbers(String key, GgufValueType type, double... elements) {
    requireFloatingPoint(type);
    beginArray(key, type, elements.length);
    for (double element : elements) {
      values.put(bits(type, element), type.bytes());
    }
    return this;
  }

  public GgufWriter putBooleans(String key, boolean... elements) {
    beginArray(key, GgufValueType.BOOL, elements.length);
    for (boolean element : elements) {
      values.put(element ? 1 : 0, 1);
    }
    return this;
  }

  /**
   * Adds a tensor with its values.
   *
   * @param shape lengths in ggml's order, the row's first
   */
  public GgufWriter addTensor(
      String name, TensorType type, List<Long> shape, TensorContent content) {
    if (shape.isEmpty() || shape.size() > 4 || shape.stream().anyMatch(length -> length < 1)) {
      throw new IllegalArgumentException(name + ": impossible shape " + shape);
    }
    if (shape.getFirst() % type.blockElements() != 0) {
      throw new IllegalArgumentException(
          name + ": rows of " + shape.getFirst() + " values are no whole blocks of " + type);
    }
    if (!tensorNames.add(name)) {
      throw new IllegalArgumentException(name + ": tensor added twice");
    }
    long elements = shape.stream().reduce(1L, Math::multiplyExact);
    tensors.add(new Entry(name, type, List.copyOf(shape), type.bytesFor(elements), content));
    return this;
  }

  /** Adds a tensor whose encoded values are in memory. */
  public GgufWriter addTensor(String name, TensorType type, List<Long> shape, byte[] content) {
    return addTensor(name, type, shape, out -> out.write(content));
  }

  /** Bytes of all tensors. */
  public long tensorBytes() {
    return tensors.stream().mapToLong(Entry::bytes).sum();
  }

  /**
   * Writes the file, under another name until it is complete.
   *
   * @throws UncheckedIOException where it cannot be written; nothing is left behind then
   */
  public void write(Path target) {
    Path unfinished = target.resolveSibling(target.getFileName() + ".part");
    try {
      try (OutputStream out = Files.newOutputStream(unfinished)) {
        writeAll(out);
      }
      Files.move(unfinished, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(target + ": cannot be written: " + e.getMessage(), e);
    } finally {
      deleteQuietly(unfinished);
    }
  }

  private static void deleteQuietly(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(path + ": cannot be deleted: " + e.getMessage(), e);
    }
  }

  private void writeAll(OutputStream out) throws IOException {
    LittleEndianBuffer header = header();
    header.writeTo(out);
    pad(out, header.size());
    for (Entry tensor : tensors) {
      CountingOutputStream counting = new CountingOutputStream(out);
      tensor.content().writeTo(counting);
      if (counting.count() != tensor.bytes()) {
        throw new IllegalStateException(
            "%s has %d bytes of %d".formatted(tensor.name(), counting.count(), tensor.bytes()));
      }
      pad(out, tensor.bytes());
    }
  }

  private LittleEndianBuffer header() {
    LittleEndianBuffer header = new LittleEndianBuffer();
    header.putInt(MAGIC);
    header.putInt(VERSION);
    header.putLong(tensors.size());
    header.putLong(keys.size());
    header.putAll(values);
    long offset = 0;
    for (Entry tensor : tensors) {
      header.putString(tensor.name());
      header.putInt(tensor.shape().size());
      tensor.shape().forEach(header::putLong);
      header.putInt(tensor.type().ggmlId());
      header.putLong(offset);
      offset += tensor.bytes() + paddingAfter(tensor.bytes());
    }
    return header;
  }

  private int paddingAfter(long bytes) {
    return (int) (-bytes & (alignmentBytes - 1));
  }

  private void pad(OutputStream out, long bytes) throws IOException {
    out.write(new byte[paddingAfter(bytes)]);
  }

  private void begin(String key, GgufValueType type) {
    if (!keys.add(key)) {
      throw new IllegalArgumentException(key + ": put twice");
    }
    values.putString(key);
    values.putInt(type.id());
  }

  private void beginArray(String key, GgufValueType elementType, int length) {
    begin(key, GgufValueType.ARRAY);
    values.putInt(elementType.id());
    values.putLong(length);
  }

  private static void requireInteger(GgufValueType type, long value) {
    boolean fits =
        switch (type) {
          case UINT8 -> value >= 0 && value <= 0xFF;
          case INT8 -> value == (byte) value;
          case UINT16 -> value >= 0 && value <= 0xFFFF;
          case INT16 -> value == (short) value;
          case UINT32 -> value >= 0 && value <= 0xFFFF_FFFFL;
          case INT32 -> value == (int) value;
          case UINT64 -> value >= 0;
          case INT64 -> true;
          case FLOAT32, BOOL, STRING, ARRAY, FLOAT64 -> false;
        };
    if (!fits) {
      throw new IllegalArgumentException(type.label() + " cannot hold " + value);
    }
  }

  private static void requireFloatingPoint(GgufValueType type) {
    if (!type.isFloatingPoint()) {
      throw new IllegalArgumentException(type.label() + " is no floating-point type");
    }
  }

  private static long bits(GgufValueType type, double value) {
    return type == GgufValueType.FLOAT32
        ? Float.floatToRawIntBits((float) value)
        : Double.doubleToRawLongBits(value);
  }
}
