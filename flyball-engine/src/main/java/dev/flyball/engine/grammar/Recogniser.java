package dev.flyball.engine.grammar;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads bytes by an {@link Automaton}: it is in all places at once that the bytes so far allow,
 * each with its stack of open calls. What was computed once is kept: a set of places is one {@link
 * State} object, and each state knows where the bytes lead that were tried. So reading a byte is a
 * look into an array, mostly.
 *
 * <p>Calls nest at most {@link #MAX_DEPTH} deep: a text that would nest deeper is not allowed.
 * Memory is limited: beyond {@link #MAX_STATES} the states are forgotten and made anew as needed.
 * Not thread-safe.
 */
final class Recogniser {
  static final int MAX_DEPTH = 512;
  static final int MAX_STATES = 8192;

  /** Places that may be looked at for one byte, and between two calls of {@link #startWork}. */
  static final int MAX_PLACES = 20_000;

  static final long MAX_WORK = 20_000_000;

  /** So many different next bytes are many. */
  private static final int WIDE = 64;

  private final Automaton automaton;
  private final CallStack.Table stacks = new CallStack.Table();
  private final Map<Places, State> states = new HashMap<>();
  private final State dead;
  private final State start;

  /** Of each state of the automaton: 1 where many bytes may follow, -1 where few, 0 not known. */
  private final byte[] wide;

  /** A byte of each class. */
  private final int[] classBytes;

  /** Used again and again; between uses it holds nothing that matters. */
  private final Closure closure = new Closure();

  private long work;

  Recogniser(Automaton automaton) {
    this.automaton = automaton;
    wide = new byte[automaton.stateCount()];
    classBytes = new int[automaton.classCount()];
    for (int value = 255; value >= 0; value--) {
      classBytes[automaton.byteClasses()[value]] = value;
    }
    dead = new State(Set.of(), false, 0);
    closure.add(automaton.ruleStarts()[0], CallStack.EMPTY);
    start = closure.state();
  }

  /** A place in the automaton that reads a byte. */
  private record Place(int state, CallStack stack) {}

  private record Places(Set<Place> places, boolean accepting) {}

  /** All places where the text read so far may be. */
  final class State {
    private final Set<Place> places;
    private final boolean accepting;
    private final @Nullable State[] next;

    private State(Set<Place> places, boolean accepting, int classCount) {
      this.places = places;
      this.accepting = accepting;
      next = new State[classCount];
    }

    /** Whether the text may end here. */
    boolean isAccepting() {
      return accepting;
    }

    /** Whether nothing can follow, and the text cannot end here unless it is accepting. */
    boolean isFinal() {
      return places.isEmpty();
    }

    /**
     * Where a byte leads; a final state that is not accepting where it is not allowed.
     *
     * @throws dev.flyball.engine.EngineException INVALID_INPUT where the grammar is too ambiguous
     */
    State after(int value) {
      if (places.isEmpty()) {
        return dead;
      }
      return afterClass(automaton.byteClasses()[value]);
    }

    /** As {@link #after}, with a class of bytes. */
    State afterClass(int byteClass) {
      if (places.isEmpty()) {
        return dead;
      }
      State known = next[byteClass];
      if (known == null) {
        known = read(places, classBytes[byteClass]);
        next[byteClass] = known;
      }
      return known;
    }

    /** Whether many different bytes may follow. */
    boolean isWide() {
      BitSet bytes = new BitSet(256);
      for (Place place : places) {
        for (int e = automaton.firstEdge()[place.state];
            e < automaton.firstEdge()[place.state + 1];
            e++) {
          if (automaton.first()[e] >= 0) {
            bytes.set(automaton.first()[e], automaton.last()[e] + 1);
          }
        }
      }
      return bytes.cardinality() >= WIDE;
    }

    /** The classes of bytes that may follow. */
    BitSet followingClasses() {
      BitSet classes = new BitSet(automaton.classCount());
      for (Place place : places) {
        for (int e = automaton.firstEdge()[place.state];
            e < automaton.firstEdge()[place.state + 1];
            e++) {
          if (automaton.first()[e] >= 0) {
            classes.set(
                automaton.byteClasses()[automaton.first()[e]],
                automaton.byteClasses()[automaton.last()[e]] + 1);
          }
        }
      }
      return classes;
    }

    /** The deepest stack of a place. */
    int depth() {
      int depth = 0;
      for (Place place : places) {
        depth = Math.max(depth, place.stack.depth());
      }
      return depth;
    }
  }

  /**
   * Places without the calls around them.
   *
   * @param state the places, with empty stacks where their frame ends
   * @param around the calls around them
   * @param key equal for equal places
   */
  record Frame(State state, CallStack around, PlacesKey key) {}

  /** The places behind a state of the automaton, within its rule. */
  State at(int automatonState) {
    closure.clear();
    closure.add(automatonState, CallStack.EMPTY);
    return closure.state();
  }

  /** Where a text goes on behind the innermost of the open calls. */
  State behind(CallStack calls) {
    closure.clear();
    closure.add(calls.returnState(), calls.pop());
    return closure.state();
  }

  /**
   * Takes from places the calls that are open in all of them, but for those behind which many bytes
   * may follow: these would be as costly as the places themselves.
   */
  Frame frame(State state) {
    CallStack around = CallStack.EMPTY;
    boolean first = true;
    for (Place place : state.places) {
      around = first ? place.stack : CallStack.common(around, place.stack);
      first = false;
    }
    while (around != CallStack.EMPTY && isWide(around.returnState())) {
      around = around.pop();
    }
    int[][] relative = new int[state.places.size()][];
    int i = 0;
    for (Place place : state.places) {
      relative[i++] = place.stack.above(around, place.state);
    }
    PlacesKey key = new PlacesKey(relative);
    return new Frame(around == CallStack.EMPTY ? state : within(state, around), around, key);
  }

  private State within(State state, CallStack around) {
    closure.clear();
    for (Place place : state.places) {
      closure.add(place.state, stacks.above(place.stack, around));
    }
    return closure.state();
  }

  private boolean isWide(int automatonState) {
    if (wide[automatonState] == 0) {
      wide[automatonState] = (byte) (at(automatonState).isWide() ? 1 : -1);
    }
    return wide[automatonState] > 0;
  }

  /** Where the empty text is. */
  State start() {
    return start;
  }

  /** The state of a text that is not allowed. */
  State dead() {
    return dead;
  }

  /** Allows as much work as one token may cost. */
  void startWork() {
    work = 0;
    if (states.size() > MAX_STATES) {
      states.clear();
      stacks.clear();
    }
  }

  private State read(Set<Place> places, int value) {
    boolean any = false;
    for (Place place : places) {
      for (int e = automaton.firstEdge()[place.state];
          e < automaton.firstEdge()[place.state + 1];
          e++) {
        if (automaton.first()[e] >= 0
            && automaton.first()[e] <= value
            && value <= automaton.last()[e]) {
          if (!any) {
            closure.clear();
            any = true;
          }
          closure.add(automaton.target()[e], place.stack);
        }
      }
    }
    return any ? closure.state() : dead;
  }

  /** Follows what needs no byte: calls, ends of rules, edges that read nothing. */
  private final class Closure {
    /** Sets that once held more are slow to empty. */
    private static final int MANY = 200;

    private Set<Place> seen = new HashSet<>();
    private Set<Place> reading = new HashSet<>();
    private final Deque<Place> open = new ArrayDeque<>();
    private boolean accepting;

    void clear() {
      if (seen.size() > MANY) {
        seen = new HashSet<>();
        reading = new HashSet<>();
      }
      seen.clear();
      reading.clear();
      open.clear();
      accepting = false;
    }

    void add(int state, CallStack stack) {
      Place place = new Place(state, stack);
      if (seen.add(place)) {
        if (seen.size() > MAX_PLACES || ++work > MAX_WORK) {
          throw GrammarRules.invalid(
              "the grammar is too ambiguous: too many ways to read the same text; make its"
                  + " alternatives differ earlier");
        }
        open.push(place);
      }
    }

    State state() {
      while (!open.isEmpty()) {
        follow(open.pop());
      }
      if (reading.isEmpty() && !accepting) {
        return dead;
      }
      State known = states.get(new Places(reading, accepting));
      if (known == null) {
        known = new State(Set.copyOf(reading), accepting, automaton.classCount());
        states.put(new Places(known.places, accepting), known);
      }
      return known;
    }

    private void follow(Place place) {
      CallStack stack = place.stack;
      if (automaton.isEnd()[place.state]) {
        if (stack == CallStack.EMPTY) {
          accepting = true;
        } else {
          add(stack.returnState(), stack.pop());
        }
      }
      for (int e = automaton.firstEdge()[place.state];
          e < automaton.firstEdge()[place.state + 1];
          e++) {
        int target = automaton.target()[e];
        switch (automaton.first()[e]) {
          case Automaton.NOTHING -> add(target, stack);
          case Automaton.CALL -> call(automaton.last()[e], target, stack);
          default -> reading.add(place);
        }
      }
    }

    private void call(int rule, int returnState, CallStack stack) {
      int callee = automaton.ruleStarts()[rule];
      if (automaton.isLast(returnState)) {
        add(callee, stack);
      } else if (stack.depth() < MAX_DEPTH) {
        add(callee, stacks.push(returnState, stack));
      }
    }
  }
}
