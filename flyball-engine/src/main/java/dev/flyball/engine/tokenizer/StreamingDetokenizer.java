package dev.flyball.engine.tokenizer;

/** Turns a stream of tokens into text that never ends within a character. Not thread-safe. */
public interface StreamingDetokenizer {
  /** The text that became complete with this token; empty while a character is still open. */
  String accept(int id);

  /** What is left at the end: U+FFFD for a character that was never completed, else empty. */
  String finish();
}
