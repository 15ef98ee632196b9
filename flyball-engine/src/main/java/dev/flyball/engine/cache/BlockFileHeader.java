package dev.flyball.engine.cache;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The beginning of a {@link BlockFile}. Numbers are little-endian.
 *
 * <pre>
 *  0  "FLYBKV01"                        8 bytes
 *  8  digest of model and layout        32
 * 40  salt of the prefixes' digests     32
 * 72  bytes of a block                  4
 * 76  CRC-32C of the bytes before this  4
 * </pre>
 *
 * @param salt random, so that nobody outside can choose ids whose digests meet in a table
 */
record BlockFileHeader(PrefixDigest identity, PrefixDigest salt, int blockBytes) {
  /** A page: slots begin behind it. */
  static final int BYTES = 4096;

  /** Of this header; the layout of blocks and slots is in the {@link BlockFingerprint}. */
  private static final long MAGIC = 0x3130_564B_4259_4C46L;

  private static final int CRC_AT = 76;

  static BlockFileHeader create(PrefixDigest identity, int blockBytes) {
    byte[] salt = new byte[PrefixDigest.BYTES];
    new SecureRandom().nextBytes(salt);
    return new BlockFileHeader(identity, PrefixDigest.read(ByteBuffer.wrap(salt)), blockBytes);
  }

  ByteBuffer bytes() {
    ByteBuffer header = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(MAGIC);
    identity.write(header);
    salt.write(header);
    header.putInt(blockBytes);
    header.putInt(SlotHeader.crc(header.duplicate().flip()));
    return header.clear();
  }

  /** Reads {@link #BYTES} bytes; nothing where they are no sound header. */
  static Optional<BlockFileHeader> read(ByteBuffer in) {
    ByteBuffer header = in.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (header.remaining() < BYTES
        || header.getInt(CRC_AT) != SlotHeader.crc(header.duplicate().limit(CRC_AT))
        || header.getLong() != MAGIC) {
      return Optional.empty();
    }
    return Optional.of(
        new BlockFileHeader(PrefixDigest.read(header), PrefixDigest.read(header), header.getInt()));
  }

  boolean fits(PrefixDigest wantedIdentity, int wantedBlockBytes) {
    return identity.equals(wantedIdentity) && blockBytes == wantedBlockBytes;
  }
}
