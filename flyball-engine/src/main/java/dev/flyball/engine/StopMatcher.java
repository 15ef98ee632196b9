package dev.flyball.engine;

import java.util.List;

/**
 * Finds the first stop string in a text that arrives character by character, one Knuth-Morris-Pratt
 * automaton a string. The first is the one that is complete first, and of several that end at the
 * same character the longest: what is found does not depend on how tokens cut the text.
 */
final class StopMatcher {
  private final String[] stops;
  private final int[][] borders;
  private final int[] matched;
  private int held;

  StopMatcher(List<String> stops) {
    this.stops = stops.toArray(String[]::new);
    borders = stops.stream().map(StopMatcher::borders).toArray(int[][]::new);
    matched = new int[this.stops.length];
  }

  /**
   * Reads one more character.
   *
   * @return the length of the stop string that is complete now, or 0
   */
  int accept(char next) {
    int complete = 0;
    held = 0;
    for (int i = 0; i < stops.length; i++) {
      int length = advance(i, next);
      matched[i] = length;
      held = Math.max(held, length);
      if (length == stops[i].length()) {
        complete = Math.max(complete, length);
      }
    }
    return complete;
  }

  /** Length of the longest end of the text read so far that may become a stop string. */
  int held() {
    return held;
  }

  private int advance(int i, char next) {
    String stop = stops[i];
    int length = matched[i] == stop.length() ? borders[i][matched[i]] : matched[i];
    while (length > 0 && stop.charAt(length) != next) {
      length = borders[i][length];
    }
    return stop.charAt(length) == next ? length + 1 : 0;
  }

  /** For each prefix length the length of the longest proper prefix that is also its suffix. */
  private static int[] borders(String stop) {
    int[] borders = new int[stop.length() + 1];
    int border = 0;
    for (int end = 1; end < stop.length(); end++) {
      while (border > 0 && stop.charAt(border) != stop.charAt(end)) {
        border = borders[border];
      }
      if (stop.charAt(border) == stop.charAt(end)) {
        border++;
      }
      borders[end + 1] = border;
    }
    return borders;
  }
}
