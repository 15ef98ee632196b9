package dev.flyball.engine.cache;

import java.util.Arrays;

/** The token ids of a full block and what they follow. Equal only where all ids are equal. */
final class BlockKey {
  private final Prefix parent;
  private final int[] ids;
  private final int hash;

  /**
   * @param ids taken over
   * @param seed unknown to those who choose the ids, so that they cannot choose collisions
   */
  BlockKey(Prefix parent, int[] ids, long seed) {
    this.parent = parent;
    this.ids = ids;
    long mixed = seed + parent.hashCode();
    for (int id : ids) {
      mixed = (mixed ^ id) * 0x9E3779B97F4A7C15L;
      mixed ^= mixed >>> 32;
    }
    hash = Long.hashCode(mixed);
  }

  Prefix parent() {
    return parent;
  }

  /** Not to be changed. */
  int[] ids() {
    return ids;
  }

  /** Copies the ids to {@code out} from an offset. */
  void copyIds(int[] out, int offset) {
    System.arraycopy(ids, 0, out, offset, ids.length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BlockKey that
        && hash == that.hash
        && parent.equals(that.parent)
        && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
