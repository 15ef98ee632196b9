package dev.flyball.engine.tokenizer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds the number of a string of bytes: the id of a token by its bytes. Once filled it may be read
 * by many threads.
 */
final class PieceIndex {
  /** The number of a piece that is not there. */
  static final int NONE = -1;

  private @Nullable Piece[] slots = new @Nullable Piece[1 << 10];
  private int size;
  private int longest;

  private static final class Piece {
    final byte[] bytes;
    final int hash;
    final int number;

    Piece(byte[] bytes, int hash, int number) {
      this.bytes = bytes;
      this.hash = hash;
      this.number = number;
    }
  }

  /** The number of the piece with these bytes, or {@link #NONE}. */
  int find(byte[] bytes, int from, int to) {
    if (to - from > longest) {
      return NONE;
    }
    int hash = hash(bytes, from, to);
    for (int slot = hash & (slots.length - 1); ; slot = (slot + 1) & (slots.length - 1)) {
      Piece piece = slots[slot];
      if (piece == null) {
        return NONE;
      }
      if (piece.hash == hash
          && Arrays.equals(piece.bytes, 0, piece.bytes.length, bytes, from, to)) {
        return piece.number;
      }
    }
  }

  int find(byte[] bytes) {
    return find(bytes, 0, bytes.length);
  }

  /** Gives a number to a piece unless it has one. */
  void putIfAbsent(byte[] bytes, int number) {
    if (find(bytes) != NONE) {
      return;
    }
    if (size * 2 >= slots.length) {
      grow();
    }
    insert(new Piece(bytes, hash(bytes, 0, bytes.length), number));
    size++;
    longest = Math.max(longest, bytes.length);
  }

  private void grow() {
    @Nullable Piece[] old = slots;
    slots = new @Nullable Piece[old.length * 2];
    for (Piece piece : old) {
      if (piece != null) {
        insert(piece);
      }
    }
  }

  private void insert(Piece piece) {
    int slot = piece.hash & (slots.length - 1);
    while (slots[slot] != null) {
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = piece;
  }

  private static int hash(byte[] bytes, int from, int to) {
    int hash = to - from;
    for (int i = from; i < to; i++) {
      hash = hash * 31 + bytes[i];
    }
    hash *= 0x9E37_79B1;
    return hash ^ (hash >>> 15);
  }
}
