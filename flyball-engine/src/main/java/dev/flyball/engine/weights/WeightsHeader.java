package dev.flyball.engine.weights;

import dev.flyball.kernels.TensorType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The beginning of a file of packed weights. Numbers are little-endian.
 *
 * <pre>
 * 0    8   "FLYWGHT2"
 * 8    4   number of matrices
 * 12   4   number of chunks
 * 16   8   bytes of the contents
 * 24   32  the model's fingerprint
 * 56       matrices, 24 bytes each: type, rows, columns, mark (4 each), offset in the contents (8)
 *          chunks, 4 bytes each: CRC-32C of each 2 MiB of the contents, the last one shorter
 *          zeros
 *      4   CRC-32C of all before it; ends at a multiple of 2 MiB
 *          the contents
 * </pre>
 *
 * <p>Contents and chunks begin at multiples of 2 MiB so that the system can keep them in huge
 * pages.
 */
record WeightsHeader(
    ModelFingerprint model, long contentBytes, List<PackedEntry> entries, List<Integer> checksums) {
  static final long CHUNK_BYTES = 2 << 20;

  private static final long MAGIC =
      ByteBuffer.wrap("FLYWGHT2".getBytes(StandardCharsets.US_ASCII))
          .order(ByteOrder.LITTLE_ENDIAN)
          .getLong();
  private static final int FIXED_BYTES = 56;
  private static final int FINGERPRINT_BYTES = 32;

  /** Where contents of so many matrices and bytes begin. */
  static long contentOffset(int entries, long contentBytes) {
    return Math.ceilDiv(headerBytes(entries, chunks(contentBytes)), CHUNK_BYTES) * CHUNK_BYTES;
  }

  static long chunks(long contentBytes) {
    return Math.ceilDiv(contentBytes, CHUNK_BYTES);
  }

  private static long headerBytes(long entries, long chunks) {
    return FIXED_BYTES + PackedEntry.BYTES * entries + Integer.BYTES * (chunks + 1);
  }

  long contentOffset() {
    return contentOffset(entries.size(), contentBytes);
  }

  long fileBytes() {
    return contentOffset() + contentBytes;
  }

  /** All bytes before the contents. */
  ByteBuffer encode() {
    ByteBuffer out =
        ByteBuffer.allocate(Math.toIntExact(contentOffset())).order(ByteOrder.LITTLE_ENDIAN);
    out.putLong(MAGIC).putInt(entries.size()).putInt(checksums.size()).putLong(contentBytes);
    out.put(HexFormat.of().parseHex(model.hex()));
    for (PackedEntry entry : entries) {
      out.putInt(entry.type().ggmlId()).putInt(entry.rows()).putInt(entry.columns());
      out.putInt(entry.mark()).putLong(entry.offsetBytes());
    }
    checksums.forEach(out::putInt);
    int end = out.capacity() - Integer.BYTES;
    out.putInt(end, crc(out.slice(0, end)));
    return out.clear();
  }

  /**
   * Reads a header; lengths are checked before they are believed.
   *
   * @param in the file's bytes, as many as a buffer holds
   * @param fileBytes the file's length
   */
  static WeightsHeader decode(ByteBuffer in, long fileBytes) throws UntrustedWeightsException {
    in.order(ByteOrder.LITTLE_ENDIAN);
    require(in.remaining() >= FIXED_BYTES && in.getLong(0) == MAGIC, "this is no weights file");
    int count = in.getInt(8);
    int chunks = in.getInt(12);
    long contentBytes = in.getLong(16);
    require(count >= 0 && chunks >= 0 && contentBytes >= 0, "its lengths are negative");
    require(chunks == chunks(contentBytes), "its lengths contradict each other");
    long bytes = contentOffset(count, contentBytes);
    require(bytes <= in.remaining(), "its header is cut off");
    int crcOffset = (int) bytes - Integer.BYTES;
    require(in.getInt(crcOffset) == crc(in.slice(0, crcOffset)), "its header is damaged");
    byte[] fingerprint = new byte[FINGERPRINT_BYTES];
    in.get(24, fingerprint);
    WeightsHeader header =
        new WeightsHeader(
            new ModelFingerprint(HexFormat.of().formatHex(fingerprint)),
            contentBytes,
            entries(in, count, contentBytes),
            checksums(in, FIXED_BYTES + count * PackedEntry.BYTES, chunks));
    require(header.fileBytes() == fileBytes, "its length is not the one it was written with");
    return header;
  }

  private static List<PackedEntry> entries(ByteBuffer in, int count, long contentBytes)
      throws UntrustedWeightsException {
    List<PackedEntry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int at = FIXED_BYTES + i * PackedEntry.BYTES;
      Optional<TensorType> type = TensorType.ofGgmlId(in.getInt(at));
      int rows = in.getInt(at + 4);
      int columns = in.getInt(at + 8);
      long offset = in.getLong(at + 16);
      require(
          type.isPresent() && rows > 0 && columns > 0 && columns % type.get().blockElements() == 0,
          "matrix " + i + " has no possible shape");
      PackedEntry entry = new PackedEntry(type.get(), rows, columns, in.getInt(at + 12), offset);
      require(
          offset >= 0 && offset % 64 == 0 && entry.bytes() <= contentBytes - offset,
          "matrix " + i + " lies outside of the file");
      entries.add(entry);
    }
    return List.copyOf(entries);
  }

  private static List<Integer> checksums(ByteBuffer in, int from, int count) {
    List<Integer> checksums = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      checksums.add(in.getInt(from + i * Integer.BYTES));
    }
    return List.copyOf(checksums);
  }

  static int crc(ByteBuffer bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return (int) checksum.getValue();
  }

  private static void require(boolean holds, String problem) throws UntrustedWeightsException {
    if (!holds) {
      throw new UntrustedWeightsException(problem);
    }
  }
}
