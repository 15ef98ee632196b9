package dev.flyball.engine.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes an {@link Automaton} of rules. The number of states is limited. */
final class AutomatonBuilder {
  static final int MAX_STATES = 100_000;

  private final GrammarRules rules;
  private int[] from = new int[256];
  private int[] first = new int[256];
  private int[] last = new int[256];
  private int[] target = new int[256];
  private int edges;
  private int states;

  /** Of the rule being added, the states before each time of a repetition, and behind the last. */
  private final List<Integer> repeated = new ArrayList<>();

  private final Map<Integer, LimitedString> limitedStrings = new HashMap<>();

  private AutomatonBuilder(GrammarRules rules) {
    this.rules = rules;
  }

  /**
   * The automaton of rules that are all defined; rule 0 is the root.
   *
   * @throws dev.flyball.engine.EngineException INVALID_INPUT where it is too large, or a rule calls
   *     itself before anything is read
   */
  static Automaton build(GrammarRules rules) {
    Automaton automaton = new AutomatonBuilder(rules).build();
    LeftRecursion.refuse(automaton, rules);
    return automaton;
  }

  private Automaton build() {
    int[] starts = new int[rules.size()];
    int[] ends = new int[rules.size()];
    for (int rule = 1; rule <= rules.sharedCount(); rule++) {
      addRule(rule, starts, ends);
    }
    int sharedStates = states;
    addRule(0, starts, ends);
    for (int rule = rules.sharedCount() + 1; rule < starts.length; rule++) {
      addRule(rule, starts, ends);
    }
    boolean[] isEnd = new boolean[states];
    for (int end : ends) {
      isEnd[end] = true;
    }
    return sorted(starts, isEnd, sharedStates);
  }

  private void addRule(int rule, int[] starts, int[] ends) {
    starts[rule] = newState();
    repeated.clear();
    int end = add(rules.body(rule), starts[rule]);
    rules.limitsOf(rule).ifPresent(this::addLimitedString);
    ends[rule] = newState();
    edge(end, Automaton.NOTHING, 0, ends[rule]);
  }

  private void addLimitedString(GrammarRules.Limits limits) {
    for (int read = 0; read < limits.max(); read++) {
      int minMore = Math.max(0, limits.min() - read);
      limitedStrings.put(
          repeated.get(read + 1),
          new LimitedString(repeated.get(read), minMore, limits.max() - read));
    }
  }

  /** Adds states behind {@code start} and gives the one where the expression is over. */
  private int add(Expression expression, int start) {
    return switch (expression) {
      case Expression.Text(String text) -> addText(text.getBytes(StandardCharsets.UTF_8), start);
      case Expression.ControlToken(String text) -> addText(ControlTokens.bytes(text), start);
      case Expression.OneOf(CodePointSet set) -> addSet(set, start);
      case Expression.Sequence sequence -> {
        int end = start;
        for (Expression part : sequence.parts()) {
          end = add(part, end);
        }
        yield end;
      }
      case Expression.Choice choice -> addChoice(choice, start);
      case Expression.Repeat repeat -> addRepeat(repeat, start);
      case Expression.Call(int rule) -> {
        int end = newState();
        edge(start, Automaton.CALL, rule, end);
        yield end;
      }
    };
  }

  private int addText(byte[] text, int start) {
    int end = start;
    for (byte value : text) {
      int next = newState();
      edge(end, value & 0xFF, value & 0xFF, next);
      end = next;
    }
    return end;
  }

  private int addSet(CodePointSet set, int start) {
    int end = newState();
    for (CodePointSet.Range range : set.ranges()) {
      Utf8Ranges.split(range, bytes -> addBytes(bytes, start, end));
    }
    return end;
  }

  private void addBytes(int[] bytes, int start, int end) {
    int state = start;
    for (int i = 0; i < bytes.length; i += 2) {
      int next = i + 2 == bytes.length ? end : newState();
      edge(state, bytes[i], bytes[i + 1], next);
      state = next;
    }
  }

  private int addChoice(Expression.Choice choice, int start) {
    int end = newState();
    for (Expression option : choice.options()) {
      int entry = newState();
      edge(start, Automaton.NOTHING, 0, entry);
      edge(add(option, entry), Automaton.NOTHING, 0, end);
    }
    return end;
  }

  private int addRepeat(Expression.Repeat repeat, int start) {
    int state = start;
    for (int i = 0; i < repeat.min(); i++) {
      repeated.add(state);
      state = addCopy(repeat.body(), state);
    }
    int end = newState();
    if (repeat.max() == Expression.UNLIMITED) {
      int loop = newState();
      edge(state, Automaton.NOTHING, 0, loop);
      edge(add(repeat.body(), loop), Automaton.NOTHING, 0, loop);
      edge(loop, Automaton.NOTHING, 0, end);
      return end;
    }
    for (int i = repeat.min(); i < repeat.max(); i++) {
      edge(state, Automaton.NOTHING, 0, end);
      repeated.add(state);
      state = addCopy(repeat.body(), state);
    }
    repeated.add(state);
    edge(state, Automaton.NOTHING, 0, end);
    return end;
  }

  /** One state at least, so that the limit of states ends any repetition. */
  private int addCopy(Expression body, int start) {
    int entry = newState();
    edge(start, Automaton.NOTHING, 0, entry);
    return add(body, entry);
  }

  private int newState() {
    if (states == MAX_STATES) {
      throw GrammarRules.invalid(
          "the grammar is too large: it needs more than "
              + MAX_STATES
              + " states; use smaller repetitions or lengths");
    }
    return states++;
  }

  private void edge(int source, int firstByte, int lastByte, int destination) {
    if (edges == from.length) {
      from = Arrays.copyOf(from, edges * 2);
      first = Arrays.copyOf(first, edges * 2);
      last = Arrays.copyOf(last, edges * 2);
      target = Arrays.copyOf(target, edges * 2);
    }
    from[edges] = source;
    first[edges] = firstByte;
    last[edges] = lastByte;
    target[edges++] = destination;
  }

  private Automaton sorted(int[] starts, boolean[] isEnd, int sharedStates) {
    int[] firstEdge = new int[states + 1];
    for (int e = 0; e < edges; e++) {
      firstEdge[from[e] + 1]++;
    }
    for (int state = 0; state < states; state++) {
      firstEdge[state + 1] += firstEdge[state];
    }
    int[] next = firstEdge.clone();
    int[] sortedFirst = new int[edges];
    int[] sortedLast = new int[edges];
    int[] sortedTarget = new int[edges];
    for (int e = 0; e < edges; e++) {
      int place = next[from[e]]++;
      sortedFirst[place] = first[e];
      sortedLast[place] = last[e];
      sortedTarget[place] = target[e];
    }
    int[] classes = byteClasses();
    return new Automaton(
        firstEdge,
        sortedFirst,
        sortedLast,
        sortedTarget,
        starts,
        isEnd,
        classes,
        classes[255] + 1,
        sharedStates,
        rules.stringRest().stream().mapToInt(rule -> starts[rule.rule()]).findFirst(),
        Map.copyOf(limitedStrings));
  }

  private int[] byteClasses() {
    boolean[] begins = new boolean[257];
    for (int e = 0; e < edges; e++) {
      if (first[e] >= 0) {
        begins[first[e]] = true;
        begins[last[e] + 1] = true;
      }
    }
    int[] classes = new int[256];
    for (int value = 1; value < 256; value++) {
      classes[value] = classes[value - 1] + (begins[value] ? 1 : 0);
    }
    return classes;
  }
}
