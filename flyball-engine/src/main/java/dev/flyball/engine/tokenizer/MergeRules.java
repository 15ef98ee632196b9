package dev.flyball.engine.tokenizer;

/** Which two neighbouring symbols of a word may become one, and how early. Immutable. */
interface MergeRules {
  /** No merge. */
  long NONE = -1;

  /**
   * The merge of two neighbours.
   *
   * @param word the bytes of the word; the left symbol is {@code [start, middle)}, the right one
   *     {@code [middle, end)}
   * @return the priority (the smallest goes first, at most 2^31 - 1) in the upper 32 bits and the
   *     symbol that comes out in the lower ones, or {@link #NONE}
   */
  long merge(byte[] word, int start, int middle, int end, int left, int right);
}
