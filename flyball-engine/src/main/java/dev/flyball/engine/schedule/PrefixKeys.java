package dev.flyball.engine.schedule;

import dev.flyball.units.TokenIds;

/**
 * Names for the whole blocks of a prompt: two prompts have the same name at a block where they are
 * equal up to its end, and, but for a chance of 2^-64, only there. Immutable.
 */
public final class PrefixKeys {
  /** Of a sequence that shares with nobody. */
  public static final PrefixKeys NONE = new PrefixKeys(1, new long[0]);

  private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

  private final int blockTokens;
  private final long[] keys;

  private PrefixKeys(int blockTokens, long[] keys) {
    this.blockTokens = blockTokens;
    this.keys = keys;
  }

  /**
   * Names the blocks of a prompt that is shared with everybody.
   *
   * @param blockTokens tokens of a block, at least 1
   */
  public static PrefixKeys of(TokenIds prompt, int blockTokens) {
    return of(prompt, blockTokens, 0);
  }

  /**
   * Names the blocks of a prompt.
   *
   * @param sharedWith the same for prompts that share their blocks, another for those that do not
   */
  public static PrefixKeys of(TokenIds prompt, int blockTokens, long sharedWith) {
    long[] keys = new long[prompt.size() / blockTokens];
    long key = sharedWith == 0 ? 0 : mixed(sharedWith);
    for (int i = 0; i < keys.length * blockTokens; i++) {
      key = mixed(key ^ (prompt.get(i) + MULTIPLIER));
      if ((i + 1) % blockTokens == 0) {
        keys[i / blockTokens] = key;
      }
    }
    return new PrefixKeys(blockTokens, keys);
  }

  /**
   * Whether what a prompt has to compute next, from a block's beginning, is a block that another
   * has not computed yet either.
   *
   * @param computed tokens of this prompt that are computed
   * @param othersComputed tokens of the other one
   */
  boolean nextIsPendingIn(PrefixKeys other, int computed, int othersComputed) {
    int block = computed / blockTokens;
    return computed % blockTokens == 0
        && block < keys.length
        && block < other.keys.length
        && othersComputed < (block + 1) * blockTokens
        && keys[block] == other.keys[block];
  }

  private static long mixed(long value) {
    long mixed = (value ^ (value >>> 32)) * MULTIPLIER;
    return (mixed ^ (mixed >>> 29)) * 0xBF58476D1CE4E5B9L;
  }
}
