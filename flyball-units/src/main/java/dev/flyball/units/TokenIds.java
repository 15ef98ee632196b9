package dev.flyball.units;

import java.util.Arrays;
import java.util.stream.IntStream;

/** An immutable sequence of token ids. Thread-safe. */
public final class TokenIds {
  private static final TokenIds EMPTY = new TokenIds(new int[0]);

  private final int[] ids;

  private TokenIds(int[] ids) {
    this.ids = ids;
  }

  /** A copy of the given ids. */
  public static TokenIds of(int... ids) {
    return ids.length == 0 ? EMPTY : new TokenIds(ids.clone());
  }

  /** The sequence of no tokens. */
  public static TokenIds empty() {
    return EMPTY;
  }

  public int size() {
    return ids.length;
  }

  public boolean isEmpty() {
    return ids.length == 0;
  }

  /**
   * The id at a position.
   *
   * @throws IndexOutOfBoundsException unless {@code 0 <= index < size()}
   */
  public int get(int index) {
    return ids[index];
  }

  /** The last {@code count} ids, or all of them where there are fewer. */
  public TokenIds last(int count) {
    return count >= ids.length
        ? this
        : new TokenIds(Arrays.copyOfRange(ids, ids.length - count, ids.length));
  }

  /** A new array with the ids. */
  public int[] toArray() {
    return ids.clone();
  }

  public IntStream stream() {
    return Arrays.stream(ids);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenIds that && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  @Override
  public String toString() {
    return Arrays.toString(ids);
  }
}
