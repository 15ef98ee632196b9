package dev.flyball.engine.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/** Finds rules that call themselves before anything is read: no text could ever end that. */
final class LeftRecursion {
  private final Automaton automaton;
  private final BitSet nullable = new BitSet();

  private LeftRecursion(Automaton automaton) {
    this.automaton = automaton;
  }

  /**
   * Checks all rules.
   *
   * @throws dev.flyball.engine.EngineException INVALID_INPUT that names a rule
   */
  static void refuse(Automaton automaton, GrammarRules rules) {
    LeftRecursion search = new LeftRecursion(automaton);
    List<BitSet> calls = List.copyOf(search.leftCalls());
    int rule = ruleInCycle(calls);
    if (rule >= 0) {
      throw GrammarRules.invalid(
          rules.name(rule)
              + " refers to itself before it reads anything (left recursion); let it read"
              + " something first");
    }
  }

  /** For each rule the rules that may be called at its very start. */
  private Deque<BitSet> leftCalls() {
    Deque<BitSet> calls = new ArrayDeque<>();
    int known;
    do {
      known = nullable.cardinality();
      calls.clear();
      for (int rule = automaton.ruleStarts().length - 1; rule >= 0; rule--) {
        calls.addFirst(explore(rule)); // callees mostly come later: few rounds
      }
    } while (nullable.cardinality() > known);
    return calls;
  }

  /** Follows the edges that read nothing; marks the rule where they lead to its end. */
  private BitSet explore(int rule) {
    BitSet calls = new BitSet();
    BitSet seen = new BitSet();
    Deque<Integer> open = new ArrayDeque<>();
    open.push(automaton.ruleStarts()[rule]);
    while (!open.isEmpty()) {
      int state = open.pop();
      if (seen.get(state)) {
        continue;
      }
      seen.set(state);
      if (automaton.isEnd()[state]) {
        nullable.set(rule);
      }
      for (int e = automaton.firstEdge()[state]; e < automaton.firstEdge()[state + 1]; e++) {
        int first = automaton.first()[e];
        if (first == Automaton.CALL) {
          calls.set(automaton.last()[e]);
        }
        if (first == Automaton.NOTHING
            || (first == Automaton.CALL && nullable.get(automaton.last()[e]))) {
          open.push(automaton.target()[e]);
        }
      }
    }
    return calls;
  }

  /** Takes rules away that call no other, until none is left or only cycles are; else negative. */
  private static int ruleInCycle(List<BitSet> calls) {
    int[] left = new int[calls.size()];
    List<List<Integer>> callers = new ArrayList<>();
    calls.forEach(any -> callers.add(new ArrayList<>()));
    Deque<Integer> free = new ArrayDeque<>();
    for (int rule = 0; rule < left.length; rule++) {
      int caller = rule;
      left[rule] = calls.get(rule).cardinality();
      calls.get(rule).stream().forEach(called -> callers.get(called).add(caller));
      if (left[rule] == 0) {
        free.add(rule);
      }
    }
    while (!free.isEmpty()) {
      for (int caller : callers.get(free.remove())) {
        if (--left[caller] == 0) {
          free.add(caller);
        }
      }
    }
    int inCycle = firstPositive(left);
    for (int step = 0; step < left.length && inCycle >= 0; step++) { // ends within the cycle
      inCycle =
          calls.get(inCycle).stream().filter(rule -> left[rule] > 0).findFirst().orElseThrow();
    }
    return inCycle;
  }

  private static int firstPositive(int[] counts) {
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        return i;
      }
    }
    return -1;
  }
}
