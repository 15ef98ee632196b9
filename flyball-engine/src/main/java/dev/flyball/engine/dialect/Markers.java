package dev.flyball.engine.dialect;

import java.util.List;

/**
 * Finds the first of several markers in text that is not complete yet.
 *
 * @param start where the marker begins; without one, where text begins that may become one
 * @param marker what was found, or the empty string
 */
record Markers(int start, String marker) {
  static Markers find(CharSequence text, List<String> markers) {
    for (int start = 0; start < text.length(); start++) {
      for (String marker : markers) {
        int common = common(text, start, marker);
        if (common == marker.length()) {
          return new Markers(start, marker);
        }
        if (start + common == text.length()) {
          return new Markers(start, "");
        }
      }
    }
    return new Markers(text.length(), "");
  }

  boolean found() {
    return !marker.isEmpty();
  }

  private static int common(CharSequence text, int start, String marker) {
    int length = Math.min(marker.length(), text.length() - start);
    int common = 0;
    while (common < length && text.charAt(start + common) == marker.charAt(common)) {
      common++;
    }
    return common;
  }
}
