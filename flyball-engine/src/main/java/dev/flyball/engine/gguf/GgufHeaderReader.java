package dev.flyball.engine.gguf;

import dev.flyball.engine.EngineException;
import java.lang.foreign.MemorySegment;

/**
 * Reads the header of one GGUF file of version 2 or 3 and checks every number in it against the
 * file before use, so that a damaged file costs an error and not memory or time: what is allocated
 * is proportional to the bytes that have been read, and bounded by the limits on counts.
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

  private static final Subject MAGIC_SUBJECT = Subject.of("magic");
  private static final Subject VERSION = Subject.of("version");

  private GgufHeaderReader() {}

  /**
   * @param source the file's name, for messages
   * @param file the whole file
   * @throws EngineException FILE_CORRUPT, UNSUPPORTED_MODEL
   */
  static GgufHeader read(String source, MemorySegment file) {
    GgufCursor cursor = new GgufCursor(source, file);
    int version = readVersion(cursor);
    long tensorCount =
        cursor.readCount(
            GgufTensorReader.MAXIMUM_TENSORS,
            GgufTensorReader.MINIMUM_ENTRY_BYTES,
            Subject.of("number of tensors"));
    long keyCount =
        cursor.readCount(
            GgufValueReader.MAXIMUM_KEYS,
            GgufValueReader.MINIMUM_ENTRY_BYTES,
            Subject.of("number of metadata keys"));
    GgufMetadata metadata =
        new GgufMetadata(source, new GgufValueReader(cursor).readValues(keyCount));
    long alignment = alignment(metadata);
    return new GgufHeader(
        version, metadata, new GgufTensorReader(cursor, file, alignment).readTensors(tensorCount));
  }

  private static int readVersion(GgufCursor cursor) {
    if (cursor.remaining() < Integer.BYTES || cursor.readInt(MAGIC_SUBJECT) != MAGIC) {
      throw cursor.corrupt(0, MAGIC_SUBJECT, "this is no GGUF file: it does not begin with 'GGUF'");
    }
    int version = cursor.readInt(VERSION);
    if (version != 0 && (version & 0xFFFF) == 0) {
      throw cursor.unsupported(
          4, VERSION, "the file is big-endian; convert the model to a little-endian GGUF file");
    }
    if (version != 2 && version != 3) {
      throw cursor.unsupported(
          4,
          VERSION,
          "GGUF version " + Integer.toUnsignedString(version) + "; versions 2 and 3 are supported");
    }
    return version;
  }

  private static long alignment(GgufMetadata metadata) {
    long alignment = metadata.findInteger(ALIGNMENT_KEY).orElse(DEFAULT_ALIGNMENT);
    if (alignment < 1 || alignment > MAXIMUM_ALIGNMENT || Long.bitCount(alignment) != 1) {
      throw metadata.invalid(
          ALIGNMENT_KEY,
          alignment + " is no power of two between 1 and " + MAXIMUM_ALIGNMENT + " bytes");
    }
    return alignment;
  }
}
