package dev.flyball.engine.tokenizer;

/** Text without special tokens to ids. Thread-safe. */
interface PartEncoder {
  /** A session for one text; not thread-safe. */
  Session session();

  /** What is kept from part to part of one text. */
  interface Session {
    /**
     * Appends the ids of {@code [from, to)} of a text.
     *
     * @param prefix whether to put a space in front, where the algorithm knows of such
     */
    void encode(String text, int from, int to, boolean prefix, IntList ids);
  }
}
