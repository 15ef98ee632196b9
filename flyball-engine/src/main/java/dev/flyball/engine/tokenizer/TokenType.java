package dev.flyball.engine.tokenizer;

/** What a token of a vocabulary is, by its number in {@code tokenizer.ggml.token_type}. */
enum TokenType {
  UNDEFINED,
  NORMAL,
  UNKNOWN,
  CONTROL,
  USER_DEFINED,
  UNUSED,
  BYTE;

  /** The type with a number of the file format; numbers that mean nothing are UNDEFINED. */
  static TokenType ofNumber(int number) {
    TokenType[] types = values();
    return number >= 0 && number < types.length ? types[number] : UNDEFINED;
  }

  /** Whether the token is no text of its own, and read from a text only on request. */
  boolean isSpecial() {
    return this == CONTROL || this == UNKNOWN;
  }
}
