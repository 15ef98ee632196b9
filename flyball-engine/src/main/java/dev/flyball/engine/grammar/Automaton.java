package dev.flyball.engine.grammar;

import java.util.Map;
import java.util.OptionalInt;

/**
 * A recursive transition network over bytes: the states of all rules, with edges that read a byte,
 * read nothing, or call a rule and go on behind it. Immutable.
 *
 * <p>The edges of state {@code s} are those from {@code firstEdge[s]} to {@code firstEdge[s + 1]}.
 * An edge reads the bytes {@code first[e]} to {@code last[e]}; where {@code first[e]} is {@link
 * #NOTHING} it reads none; where it is {@link #CALL} it calls the rule {@code last[e]}.
 *
 * <p>Source: W. A. Woods, "Transition Network Grammars for Natural Language Analysis", CACM 1970.
 *
 * @param ruleStarts the first state of each rule; rule 0 is the root
 * @param isEnd whether a state ends its rule
 * @param byteClasses bytes of one class lead from any state to the same states
 * @param classCount number of classes
 * @param sharedStates the first so many states are the same in every automaton with as many
 * @param stringRest the state at which the rest of any JSON string begins
 * @param limitedStrings the places between characters of strings with a length, by the states to
 *     return to behind the next character
 */
@SuppressWarnings("ArrayRecordComponent") // package-private, compared by no one
record Automaton(
    int[] firstEdge,
    int[] first,
    int[] last,
    int[] target,
    int[] ruleStarts,
    boolean[] isEnd,
    int[] byteClasses,
    int classCount,
    int sharedStates,
    OptionalInt stringRest,
    Map<Integer, LimitedString> limitedStrings) {
  static final int NOTHING = -1;
  static final int CALL = -2;

  int stateCount() {
    return isEnd.length;
  }

  /** Whether nothing is left to do in the rule, so that a call before it is a tail call. */
  boolean isLast(int state) {
    return isEnd[state] && firstEdge[state] == firstEdge[state + 1];
  }
}
