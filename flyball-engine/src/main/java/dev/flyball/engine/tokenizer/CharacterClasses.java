package dev.flyball.engine.tokenizer;

import java.util.Arrays;

/**
 * What the patterns of pre-tokenizers ask of a character, as bits.
 *
 * <p>General categories are those of Unicode 15.1, which llama.cpp knows: what Unicode 16 added has
 * no category here. Two deliberate oddities follow llama.cpp as well: white space has no category,
 * and {@code ~} is no symbol.
 */
final class CharacterClasses {
  /** {@code \p{L}}. */
  static final int LETTER = 1;

  /** {@code \p{N}}. */
  static final int NUMBER = 1 << 1;

  /** {@code \p{P}}. */
  static final int PUNCTUATION = 1 << 2;

  /** {@code \p{S}} but {@code ~}. */
  static final int SYMBOL = 1 << 3;

  /** {@code \p{M}}. */
  static final int MARK = 1 << 4;

  /** {@code \s}: Unicode's property White_Space. */
  static final int WHITESPACE = 1 << 5;

  /** {@code [\r\n]}. */
  static final int NEWLINE = 1 << 6;

  /** {@code [a-z]}. */
  static final int ASCII_LOWER = 1 << 7;

  /** {@code [A-Z]}. */
  static final int ASCII_UPPER = 1 << 8;

  /** {@code [0-9]}. */
  static final int ASCII_DIGIT = 1 << 9;

  /** The blocks of unified and compatibility ideographs. */
  static final int HAN = 1 << 10;

  /** First and last code points that Unicode 16 added. */
  private static final int[] ADDED_IN_UNICODE_16 = {
    0x897, 0x897, 0x1B4E, 0x1B4F, 0x1B7F, 0x1B7F, 0x1C89, 0x1C8A, 0x2427, 0x2429, 0x31E4, 0x31E5,
    0xA7CB, 0xA7CD, 0xA7DA, 0xA7DC, 0x105C0, 0x105F3, 0x10D40, 0x10D65, 0x10D69, 0x10D85, 0x10D8E,
    0x10D8F, 0x10EC2, 0x10EC4, 0x10EFC, 0x10EFC, 0x11380, 0x113E2, 0x116D0, 0x116E3, 0x11BC0,
    0x11BE1, 0x11BF0, 0x11BF9, 0x11F5A, 0x11F5A, 0x13460, 0x143FA, 0x16100, 0x16139, 0x16D40,
    0x16D79, 0x18CFF, 0x18CFF, 0x1CC00, 0x1CCF9, 0x1CD00, 0x1CEB3, 0x1E5D0, 0x1E5FA, 0x1E5FF,
    0x1E5FF, 0x1F8B2, 0x1F8BB, 0x1F8C0, 0x1F8C1, 0x1FA89, 0x1FA89, 0x1FA8F, 0x1FA8F, 0x1FABE,
    0x1FABE, 0x1FAC6, 0x1FAC6, 0x1FADC, 0x1FADC, 0x1FADF, 0x1FADF, 0x1FAE9, 0x1FAE9, 0x1FBCB,
    0x1FBEF
  };

  private static final int[] HAN_BLOCKS = {
    0x3400, 0x4DBF, 0x4E00, 0x9FFF, 0xF900, 0xFAFF, 0x20000, 0x2A6DF, 0x2A700, 0x2EBEF, 0x2F800,
    0x2FA1F
  };

  private static final short[] BASIC_PLANE = new short[0x10000];

  static {
    for (int codePoint = 0; codePoint < BASIC_PLANE.length; codePoint++) {
      BASIC_PLANE[codePoint] = (short) compute(codePoint);
    }
  }

  private CharacterClasses() {}

  /** The bits of a code point. */
  static short of(int codePoint) {
    return codePoint < BASIC_PLANE.length ? BASIC_PLANE[codePoint] : (short) compute(codePoint);
  }

  private static int compute(int codePoint) {
    int classes = isWhitespace(codePoint) ? WHITESPACE : category(codePoint);
    if (codePoint == '\r' || codePoint == '\n') {
      classes |= NEWLINE;
    } else if (codePoint >= 'a' && codePoint <= 'z') {
      classes |= ASCII_LOWER;
    } else if (codePoint >= 'A' && codePoint <= 'Z') {
      classes |= ASCII_UPPER;
    } else if (codePoint >= '0' && codePoint <= '9') {
      classes |= ASCII_DIGIT;
    }
    return isWithin(HAN_BLOCKS, codePoint) ? classes | HAN : classes;
  }

  private static int category(int codePoint) {
    if (codePoint == '~' || isWithin(ADDED_IN_UNICODE_16, codePoint)) {
      return 0;
    }
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          PUNCTUATION;
      case Character.MATH_SYMBOL,
          Character.CURRENCY_SYMBOL,
          Character.MODIFIER_SYMBOL,
          Character.OTHER_SYMBOL ->
          SYMBOL;
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK ->
          MARK;
      default -> 0;
    };
  }

  private static boolean isWhitespace(int codePoint) {
    return switch (codePoint) {
      case ' ', 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000 -> true;
      default ->
          (codePoint >= 0x9 && codePoint <= 0xD) || (codePoint >= 0x2000 && codePoint <= 0x200A);
    };
  }

  /**
   * Whether a code point lies in one of some ranges.
   *
   * @param ranges first and last code points, ascending
   */
  static boolean isWithin(int[] ranges, int codePoint) {
    int index = Arrays.binarySearch(ranges, codePoint);
    // A bound itself is found (twice for a range of one); between two bounds the insertion point is
    // odd.
    return index >= 0 || (-index - 1) % 2 == 1;
  }
}
