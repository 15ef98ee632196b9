package dev.flyball.engine.cache;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a slot of a {@link BlockFile} says of its block. Numbers are little-endian.
 *
 * <pre>
 *   0  digest of the prefix up to the block's end   32 bytes
 *  32  digest of the prefix before the block        32
 *  64  token ids                                    32 x 4
 * 192  stamp: larger is later                       8
 * 200  CRC-32C of the block                         4
 * 204  CRC-32C of the bytes before this             4
 * </pre>
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a whole
record SlotHeader(PrefixDigest digest, PrefixDigest parent, int[] ids, long stamp, int blockCrc) {
  static final int BYTES = 256;
  private static final int IDS_AT = 2 * PrefixDigest.BYTES;
  private static final int STAMP_AT = IDS_AT + PagedKvCache.BLOCK_TOKENS * Integer.BYTES;
  private static final int CRC_AT = STAMP_AT + Long.BYTES + Integer.BYTES;

  /** Writes {@link #BYTES} bytes from the buffer's position on. */
  void write(ByteBuffer out) {
    ByteBuffer header = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    digest.write(header);
    parent.write(header);
    for (int id : ids) {
      header.putInt(id);
    }
    header.putLong(stamp).putInt(blockCrc);
    header.putInt(crc(header.duplicate().flip()));
    out.put(header.clear());
  }

  /** Reads a header; nothing where there is none, or a damaged one. */
  static Optional<SlotHeader> read(ByteBuffer in) {
    ByteBuffer header = in.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int start = header.position();
    if (header.remaining() < BYTES
        || header.getInt(start + CRC_AT) != crc(header.duplicate().limit(start + CRC_AT))) {
      return Optional.empty();
    }
    PrefixDigest digest = PrefixDigest.read(header);
    PrefixDigest parent = PrefixDigest.read(header);
    int[] ids = new int[PagedKvCache.BLOCK_TOKENS];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = header.getInt();
    }
    return Optional.of(new SlotHeader(digest, parent, ids, header.getLong(), header.getInt()));
  }

  boolean isOf(PrefixDigest wantedParent, int[] wantedIds) {
    return parent.equals(wantedParent) && Arrays.equals(ids, wantedIds);
  }

  static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
