package dev.flyball.engine.speculate;

import java.util.List;
import java.util.Optional;

/**
 * The guesses of one sequence, and what became of those before. Used by the engine's thread only.
 */
public final class Speculation {
  /** Guesses in a step at most. */
  public static final int MAX_DEPTH = 16;

  private static final int FIRST_PROBE_STEPS = 32;
  private static final int LAST_PROBE_STEPS = 1024;

  private final NgramIndex ngrams = new NgramIndex();
  private final SeenAcceptance acceptance;
  private final int[] guesses = new int[MAX_DEPTH];
  private int count;
  private boolean byModel;
  private Optional<DraftMemory> memory = Optional.empty();
  private long draftNanos;

  private int stepsWithout;
  private int probeAfter = FIRST_PROBE_STEPS;

  private int guessed;
  private int right;
  private int rounds;
  private int deepest;
  private Optional<String> obstacle = Optional.empty();

  Speculation(SeenAcceptance acceptance) {
    this.acceptance = acceptance;
  }

  /** Number of tokens guessed behind the known ones now. */
  public int size() {
    return count;
  }

  /** A guess, from 0. */
  public int guess(int index) {
    return guesses[index];
  }

  /** Drops the guesses: they are behind tokens that are the last no more. */
  public void clear() {
    count = 0;
  }

  /**
   * Tells what a step found of the guesses.
   *
   * @param inStep how many of them were in the step
   * @param accepted how many of these, the first ones, were right
   */
  public void verified(int inStep, int accepted) {
    if (inStep > 0) {
      guessed += inStep;
      right += accepted;
      rounds++;
      deepest = Math.max(deepest, inStep);
      acceptance.observe(byModel, inStep, accepted);
    }
    clear();
  }

  /** Gives back what drafters keep for the sequence. */
  public void release() {
    memory.ifPresent(DraftMemory::close);
    memory = Optional.empty();
    clear();
  }

  /** Tokens guessed that a step verified. */
  public int guessedTokens() {
    return guessed;
  }

  /** How many of these were right. */
  public int rightTokens() {
    return right;
  }

  /** The sequence's share of the time that guessing took. */
  public long draftNanos() {
    return draftNanos;
  }

  /** What came of guessing, or why there was none; nothing where nobody was to guess. */
  public List<String> reasons() {
    if (guessed > 0) {
      return List.of(
          "%d of %d tokens guessed ahead in %d steps were right, up to %d in a step"
              .formatted(right, guessed, rounds, deepest));
    }
    return obstacle.map(why -> List.of("no tokens guessed ahead: " + why)).orElse(List.of());
  }

  NgramIndex ngrams() {
    return ngrams;
  }

  SeenAcceptance acceptance() {
    return acceptance;
  }

  Optional<DraftMemory> memory() {
    return memory;
  }

  void keep(DraftMemory draftMemory) {
    memory = Optional.of(draftMemory);
  }

  void startRound(boolean guessedByModel) {
    count = 0;
    byModel = guessedByModel;
  }

  void add(int token) {
    guesses[count++] = token;
  }

  void charge(long nanos) {
    draftNanos += nanos;
  }

  void hinderedBy(String why) {
    obstacle = Optional.of(why);
  }

  /** Notes whether guesses seem worth their time now. */
  void planned(boolean worthIt) {
    stepsWithout = worthIt ? 0 : stepsWithout + 1;
    probeAfter = worthIt ? FIRST_PROBE_STEPS : probeAfter;
  }

  /** Whether to guess all the same, since what is known of costs and acceptance is old. */
  boolean probesNow() {
    if (stepsWithout < probeAfter) {
      return false;
    }
    stepsWithout = 0;
    probeAfter = Math.min(LAST_PROBE_STEPS, 2 * probeAfter);
    return true;
  }
}
