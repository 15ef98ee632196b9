package dev.flyball.engine.tokenizer;

import java.text.Normalizer;

/** What BERT's tokenizer makes of a character before it looks for pieces. */
final class BertCharacters {
  /** How a character stands in a text. */
  enum Kind {
    SPACE,
    /** Without a trace: control characters, and what no text should have. */
    DROPPED,
    /** A word of its own. */
    SINGLE,
    PART_OF_WORD
  }

  private static final int REPLACEMENT = 0xFFFD;

  /** As in llama.cpp, and there as in Hugging Face's, whose fifth block begins late. */
  private static final int[] IDEOGRAPHS = {
    0x3400, 0x4DBF, 0x4E00, 0x9FFF, 0xF900, 0xFAFF, 0x20000, 0x2A6DF, 0x2A700, 0x2B73F, 0x2B740,
    0x2B81F, 0x2B920, 0x2CEAF, 0x2F800, 0x2FA1F
  };

  private static final int FIRST_DECOMPOSED = 0xC0;

  /** The bases of the basic plane. */
  private static final char[] BASES = new char[0x10000];

  static {
    for (int codePoint = 0; codePoint < BASES.length; codePoint++) {
      BASES[codePoint] = (char) decomposed(codePoint);
    }
  }

  private BertCharacters() {}

  static Kind kind(int codePoint) {
    int base = base(codePoint);
    int classes = CharacterClasses.of(base);
    if ((classes & CharacterClasses.WHITESPACE) != 0) {
      return Kind.SPACE;
    }
    if (base == 0 || base == REPLACEMENT || isControl(base)) {
      return Kind.DROPPED;
    }
    boolean punctuation = (classes & CharacterClasses.PUNCTUATION) != 0;
    boolean symbol = (classes & CharacterClasses.SYMBOL) != 0 || base == '~';
    boolean single =
        punctuation || (symbol && base < 0x7F) || CharacterClasses.isWithin(IDEOGRAPHS, base);
    return single ? Kind.SINGLE : Kind.PART_OF_WORD;
  }

  /** The character in lower case, without accents. */
  static int normalised(int codePoint) {
    return Character.toLowerCase(base(codePoint));
  }

  private static int base(int codePoint) {
    return codePoint < BASES.length ? BASES[codePoint] : decomposed(codePoint);
  }

  private static int decomposed(int codePoint) {
    return codePoint < FIRST_DECOMPOSED
        ? codePoint
        : Normalizer.normalize(Character.toString(codePoint), Normalizer.Form.NFD).codePointAt(0);
  }

  private static boolean isControl(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE -> true;
      default -> false;
    };
  }
}
