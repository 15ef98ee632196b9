package dev.flyball.engine.tokenizer;

/**
 * A text as code points with their {@link CharacterClasses}. A lone surrogate becomes U+FFFD. Not
 * thread-safe.
 */
final class CodePointText {
  private static final int REPLACEMENT = 0xFFFD;

  private final int[] codePoints;
  private final short[] classes;
  private final int length;

  private CodePointText(int[] codePoints, short[] classes, int length) {
    this.codePoints = codePoints;
    this.classes = classes;
    this.length = length;
  }

  static CodePointText of(String text) {
    return of(text, 0, text.length(), ' ', false);
  }

  /**
   * A part of a text.
   *
   * @param space what to put for each space
   * @param prefix whether to put one more {@code space} in front
   */
  static CodePointText of(String text, int from, int to, int space, boolean prefix) {
    int[] codePoints = new int[to - from + (prefix ? 1 : 0)];
    int length = 0;
    if (prefix) {
      codePoints[length++] = space;
    }
    for (int i = from; i < to; i++) {
      int codePoint = text.charAt(i);
      if (Character.isSurrogate((char) codePoint)) {
        boolean isPair =
            Character.isHighSurrogate((char) codePoint)
                && i + 1 < to
                && Character.isLowSurrogate(text.charAt(i + 1));
        codePoint =
            isPair ? Character.toCodePoint((char) codePoint, text.charAt(++i)) : REPLACEMENT;
      }
      codePoints[length++] = codePoint == ' ' ? space : codePoint;
    }
    short[] classes = new short[length];
    for (int i = 0; i < length; i++) {
      classes[i] = CharacterClasses.of(codePoints[i]);
    }
    return new CodePointText(codePoints, classes, length);
  }

  /** Number of code points. */
  int length() {
    return length;
  }

  int codePoint(int index) {
    return codePoints[index];
  }

  /** The bits of {@link CharacterClasses}. */
  int classes(int index) {
    return classes[index];
  }

  /**
   * Writes the UTF-8 of code points {@code [from, to)} to the start of an array.
   *
   * @param target at least 4 bytes for each code point
   * @return the number of bytes
   */
  int writeUtf8(int from, int to, byte[] target) {
    int size = 0;
    for (int i = from; i < to; i++) {
      int c = codePoints[i];
      if (c < 0x80) {
        target[size++] = (byte) c;
      } else if (c < 0x800) {
        target[size++] = (byte) (0xC0 | (c >> 6));
        target[size++] = (byte) (0x80 | (c & 0x3F));
      } else if (c < 0x10000) {
        target[size++] = (byte) (0xE0 | (c >> 12));
        target[size++] = (byte) (0x80 | ((c >> 6) & 0x3F));
        target[size++] = (byte) (0x80 | (c & 0x3F));
      } else {
        target[size++] = (byte) (0xF0 | (c >> 18));
        target[size++] = (byte) (0x80 | ((c >> 12) & 0x3F));
        target[size++] = (byte) (0x80 | ((c >> 6) & 0x3F));
        target[size++] = (byte) (0x80 | (c & 0x3F));
      }
    }
    return size;
  }
}
