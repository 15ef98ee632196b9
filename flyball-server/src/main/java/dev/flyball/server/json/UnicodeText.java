package dev.flyball.server.json;

/** Whether a string is text: no half of a surrogate pair alone. */
final class UnicodeText {
  private UnicodeText() {}

  static boolean isWellFormed(String text) {
    int at = 0;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at); // a pair gives its character, a half gives itself
      if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
        return false;
      }
      at += Character.charCount(codePoint);
    }
    return true;
  }
}
