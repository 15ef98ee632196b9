package dev.flyball.engine.speculate;

import java.util.List;
import java.util.Optional;

/**
 * The guesses of one sequence, and what became of those before. Used by the engine's thread only.
 *
 * <p>A round: a line of guesses, each with a runner-up where there is one; guesses beside the line;
 * then {@link #beginVerification}, {@link #follows} for each token that the model chose, {@link
 * #verified}.
 */
public final class Speculation {
  /** Guesses in a line at most. */
  public static final int MAX_DEPTH = 16;

  private final NgramIndex ngrams = new NgramIndex();
  private final SeenAcceptance acceptance;
  private final GuessBudget budget;
  private final GuessTree tree = new GuessTree();
  private final RunnersUp runnersUp = new RunnersUp();
  private int lineLength;
  private boolean byModel;
  private Optional<DraftMemory> memory = Optional.empty();
  private long draftNanos;
  private double tokenNanos;
  private int stepsWithout;

  // The verification under way.
  private final int[] path = new int[GuessTree.MOST];
  private int pathLength;
  private int inStep;
  private int lineRight;
  private boolean offLine;

  private int guessed;
  private int right;
  private int rightBeside;
  private int beside;
  private int rounds;
  private int deepest;
  private Optional<String> obstacle = Optional.empty();

  Speculation(SeenAcceptance acceptance, GuessBudget budget) {
    this.acceptance = acceptance;
    this.budget = budget;
  }

  /** Number of tokens guessed behind the known ones now. */
  public int size() {
    return tree.size();
  }

  /** A guess, from 0. */
  public int guess(int index) {
    return tree.token(index);
  }

  /** Whether some of the guesses are not behind all that come before them. */
  public boolean branches() {
    return !tree.isInLine(tree.size());
  }

  /** The guesses that one continues, and itself: a bit for each, guess 0 the lowest. */
  public int seen(int index) {
    return tree.seen(index);
  }

  /** Drops the guesses: they are behind tokens that are the last no more. */
  public void clear() {
    tree.clear();
    runnersUp.clear();
    lineLength = 0;
  }

  /**
   * The model has computed rows behind the last known token and the first of the guesses.
   *
   * @param guessesInStep how many of them were in the step
   */
  public void beginVerification(int guessesInStep) {
    inStep = guessesInStep;
    pathLength = 0;
    lineRight = 0;
    offLine = false;
  }

  /**
   * Whether the token that the model chose, from the row behind the last known token or the last
   * right guess, was guessed there and was in the step; {@link #lastRight} is which guess it is.
   */
  public boolean follows(int token) {
    learn(token);
    int guess = tree.find(lastRight(), token, inStep);
    if (guess == GuessTree.NONE) {
      return false;
    }
    if (guess == lineRight && !offLine) {
      lineRight++;
    } else {
      offLine = true;
    }
    path[pathLength++] = guess;
    return true;
  }

  /** Learns from the token that came where a guess of the line was. */
  private void learn(int token) {
    boolean tried = !offLine && lineRight < Math.min(inStep, lineLength);
    if (tried && runnersUp.token(lineRight) != RunnersUp.NONE) {
      int kind = runnersUp.kind(lineRight);
      acceptance.observeRunnerUp(kind, runnersUp.token(lineRight) == token);
    }
  }

  /** The guess that was found right last; negative where none was. */
  public int lastRight() {
    return pathLength == 0 ? GuessTree.ROOT : path[pathLength - 1];
  }

  /** The guesses that were found right, growing; the first {@link #rightInStep} count. */
  public int[] path() {
    return path;
  }

  /** How many guesses of the step were found right. */
  public int rightInStep() {
    return pathLength;
  }

  /** Tells that the step's guesses are verified, and drops them. */
  public void verified() {
    if (inStep > 0) {
      int line = Math.min(inStep, lineLength);
      guessed += inStep;
      right += pathLength;
      beside += inStep - line;
      rightBeside += pathLength - lineRight;
      rounds++;
      deepest = Math.max(deepest, line);
      acceptance.observe(byModel, line, lineRight);
      budget.gained(pathLength * tokenNanos);
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
      String line =
          "%d of %d tokens guessed ahead in %d steps were right, up to %d in a row"
              .formatted(right, guessed, rounds, deepest);
      String branches =
          beside == 0 ? "" : "; %d of %d beside the likeliest".formatted(rightBeside, beside);
      return List.of(line + branches);
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

  /**
   * Begins a line of guesses.
   *
   * @param nanosOfToken what a token is worth that no step of its own is needed for
   */
  void startRound(boolean guessedByModel, double nanosOfToken) {
    clear();
    byModel = guessedByModel;
    tokenNanos = nanosOfToken;
  }

  boolean byModel() {
    return byModel;
  }

  /** Adds a guess to the line, before any beside it. */
  void add(int token) {
    lineLength = tree.add(lineLength - 1, token) + 1;
  }

  /** Guesses of the line. */
  int lineLength() {
    return lineLength;
  }

  RunnersUp runnersUp() {
    return runnersUp;
  }

  GuessTree tree() {
    return tree;
  }

  void charge(long nanos) {
    draftNanos += nanos;
  }

  void hinderedBy(String why) {
    obstacle = Optional.of(why);
  }

  /** Notes whether a step is made without guesses. */
  void planned(boolean guesses) {
    stepsWithout = guesses ? 0 : stepsWithout + 1;
  }

  int stepsWithout() {
    return stepsWithout;
  }
}
