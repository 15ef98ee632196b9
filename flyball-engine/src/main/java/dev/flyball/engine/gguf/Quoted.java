package dev.flyball.engine.gguf;

/** Names from a file, made fit to print: quoted, shortened, without control characters. */
final class Quoted {
  private static final int MAXIMUM_LENGTH = 80;

  private Quoted() {}

  static String of(String text) {
    return "'" + shorten(text, MAXIMUM_LENGTH) + "'";
  }

  static String shorten(String text, int maximumLength) {
    int length = Math.min(text.length(), maximumLength);
    StringBuilder printable = new StringBuilder(length + 1);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\n' -> printable.append("\\n");
        case '\t' -> printable.append("\\t");
        default -> printable.append(Character.isISOControl(c) ? '\uFFFD' : c);
      }
    }
    return length < text.length() ? printable.append('…').toString() : printable.toString();
  }
}
