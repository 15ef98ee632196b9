package dev.flyball.engine.tokenizer;

/** How a word becomes tokens. Immutable and thread-safe. */
sealed interface WordModel permits BytePairModel, SentencePieceModel {
  /** The rules that a {@link PairMerger} for this model needs. */
  MergeRules rules();

  /**
   * Appends the ids of a word.
   *
   * @param word UTF-8 in {@code [0, length)}
   * @param merger one that was made with {@link #rules()}
   */
  void encode(byte[] word, int length, PairMerger merger, IntList ids);

  /** Length in bytes of the character whose first byte is given; 1 for a byte that begins none. */
  static int characterLength(byte first) {
    int lead = first & 0xFF;
    if (lead < 0xC0) {
      return 1;
    }
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  }
}
