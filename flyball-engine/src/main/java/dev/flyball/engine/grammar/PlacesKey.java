package dev.flyball.engine.grammar;

import java.util.Arrays;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Places of an automaton in an order that does not depend on objects, so that equal sets of places
 * are found again in other recognisers. Immutable.
 */
final class PlacesKey {
  private final int[] places;
  private final int maxState;

  /**
   * @param places of each place its state, the depth of its stack, and the return states from the
   *     top
   */
  PlacesKey(int[][] places) {
    Arrays.sort(places, Arrays::compare);
    this.places = Arrays.stream(places).flatMapToInt(Arrays::stream).toArray();
    int max = 0;
    for (int[] place : places) {
      max = Math.max(max, place[0]);
      for (int i = 2; i < place.length; i++) {
        max = Math.max(max, place[i]);
      }
    }
    maxState = max;
  }

  /** Whether all states are among the first so many. */
  boolean isWithin(int stateCount) {
    return maxState < stateCount;
  }

  /** Where the first place returns to, if one call is open around it. */
  OptionalInt firstReturn() {
    return places.length > 2 && places[1] == 1 ? OptionalInt.of(places[2]) : OptionalInt.empty();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PlacesKey that && Arrays.equals(places, that.places);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(places);
  }
}
