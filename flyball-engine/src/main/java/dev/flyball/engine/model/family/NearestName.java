package dev.flyball.engine.model.family;

import java.util.Comparator;
import java.util.List;

/**
 * The name that is most like another one: of those with the longest common beginning the one with
 * the fewest edits (Levenshtein 1966).
 */
final class NearestName {
  private static final int MOST_COMPARED = 64;

  private NearestName() {}

  /**
   * @param names at least one
   */
  static String of(String name, List<String> names) {
    String compared = name.substring(0, Math.min(name.length(), MOST_COMPARED));
    return names.stream()
        .min(
            Comparator.<String>comparingInt(other -> -commonBeginning(compared, other))
                .thenComparingInt(other -> edits(compared, other)))
        .orElseThrow();
  }

  private static int commonBeginning(String a, String b) {
    int length = 0;
    while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
      length++;
    }
    return length;
  }

  /** Letters to insert, remove or replace. */
  private static int edits(String a, String b) {
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
  }
}
