package dev.flyball.engine.tokenizer;

/** A set of characters, as a bracket expression of a pattern names one. Immutable. */
interface CharSet {
  boolean contains(CodePointText text, int index);

  /** The characters that have one of some {@link CharacterClasses}. */
  static CharSet anyOf(int classes) {
    return (text, index) -> (text.classes(index) & classes) != 0;
  }

  /** The characters that have one of some {@link CharacterClasses} but none of others. */
  static CharSet anyBut(int classes, int excluded) {
    return (text, index) -> {
      int own = text.classes(index);
      return (own & classes) != 0 && (own & excluded) == 0;
    };
  }

  /** The characters that have none of some {@link CharacterClasses}. */
  static CharSet noneOf(int classes) {
    return (text, index) -> (text.classes(index) & classes) == 0;
  }

  /** The characters of a string. */
  static CharSet of(String characters) {
    return (text, index) -> characters.indexOf(text.codePoint(index)) >= 0;
  }

  /**
   * The characters in some ranges. White space beyond ASCII is never among them, as in llama.cpp,
   * which reads it as a vertical tab.
   *
   * @param ranges first and last code points, ascending
   */
  static CharSet within(int... ranges) {
    return (text, index) -> {
      int codePoint = text.codePoint(index);
      boolean isWideSpace =
          codePoint > 0x7F && (text.classes(index) & CharacterClasses.WHITESPACE) != 0;
      return !isWideSpace && CharacterClasses.isWithin(ranges, codePoint);
    };
  }

  default CharSet or(CharSet other) {
    return (text, index) -> contains(text, index) || other.contains(text, index);
  }

  default CharSet negate() {
    return (text, index) -> !contains(text, index);
  }
}
