package dev.flyball.engine.grammar;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * Finds the places, without the calls around them, at which a text of a grammar can stand, so that
 * what is costly there is known before it is needed. Limited: what it does not reach is found when
 * it is met. Not thread-safe.
 */
final class FramePreparation {
  private static final int MAX_FRAMES = 500;
  private static final int MAX_WIDE = 32;

  private final Automaton automaton;
  private final Recogniser recogniser;
  private final Set<PlacesKey> seen = new HashSet<>();
  private final Deque<Recogniser.State> open = new ArrayDeque<>();
  private final int sharedStates;
  private int wide;

  /**
   * @param sharedStates places within so many first states are known already
   */
  FramePreparation(Automaton automaton, Recogniser recogniser, int sharedStates) {
    this.sharedStates = sharedStates;
    this.automaton = automaton;
    this.recogniser = recogniser;
    for (int start : automaton.ruleStarts()) {
      add(recogniser.at(start));
    }
    for (int e = 0; e < automaton.first().length; e++) {
      boolean isCall = automaton.first()[e] == Automaton.CALL;
      if (isCall && !automaton.limitedStrings().containsKey(automaton.target()[e])) {
        add(recogniser.at(automaton.target()[e]));
      }
    }
  }

  /**
   * The next place; dead once there are no more. Of those at which many bytes may follow there are
   * only so many.
   */
  Recogniser.State next() {
    while (!open.isEmpty()) {
      Recogniser.State state = open.remove();
      recogniser.startWork();
      state.followingClasses().stream().forEach(c -> add(state.afterClass(c)));
      wide += state.isWide() ? 1 : 0;
      if (wide <= MAX_WIDE || !state.isWide()) {
        return state;
      }
    }
    return recogniser.dead();
  }

  private void add(Recogniser.State state) {
    if (state != recogniser.dead() && seen.size() < MAX_FRAMES) {
      Recogniser.Frame frame = recogniser.frame(state);
      boolean inLimitedString =
          frame.key().firstReturn().stream().anyMatch(automaton.limitedStrings()::containsKey);
      if (!frame.key().isWithin(sharedStates) && !inLimitedString && seen.add(frame.key())) {
        open.add(frame.state());
      }
    }
  }
}
