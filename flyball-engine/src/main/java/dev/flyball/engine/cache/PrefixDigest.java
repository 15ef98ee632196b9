package dev.flyball.engine.cache;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Stands for all tokens up to a block's end, and the namespace: SHA-256 of the digest before the
 * block and the block's ids. Names blocks in files, where there are no nodes to compare with.
 */
record PrefixDigest(long a, long b, long c, long d) {
  static final int BYTES = 32;

  /** Of no prefix. */
  static final PrefixDigest NONE = new PrefixDigest(0, 0, 0, 0);

  /** Of the bytes between a buffer's position and its limit. */
  static PrefixDigest of(ByteBuffer bytes) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(bytes);
      return read(ByteBuffer.wrap(sha256.digest()).order(ByteOrder.LITTLE_ENDIAN));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The digest after one block more. */
  PrefixDigest followedBy(int[] ids) {
    ByteBuffer bytes =
        ByteBuffer.allocate(BYTES + ids.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    write(bytes);
    bytes.asIntBuffer().put(ids);
    return of(bytes.rewind());
  }

  /** Reads 32 bytes. */
  static PrefixDigest read(ByteBuffer in) {
    return new PrefixDigest(in.getLong(), in.getLong(), in.getLong(), in.getLong());
  }

  void write(ByteBuffer out) {
    out.putLong(a).putLong(b).putLong(c).putLong(d);
  }
}
