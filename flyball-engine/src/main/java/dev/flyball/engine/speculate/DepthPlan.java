package dev.flyball.engine.speculate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * How many tokens to guess for each sequence: as many as make the tokens expected of a step most,
 * in proportion to its time.
 *
 * <p>Where a guess is right with probability {@code r} if all before it were, guess {@code k} of a
 * sequence is expected to give {@code r^k} tokens (Leviathan et al., arXiv:2211.17192), each less
 * than the one before it. So guesses are added by falling gain in proportion to cost, while that is
 * above what the step as a whole has.
 */
final class DepthPlan {
  /** Guesses are to be better than the step without them by this: not every cost is known. */
  private static final double MARGIN = 1.1;

  /** A guess costs at least this share of the step without any. */
  private static final double LEAST_COST = 0.005;

  private final List<Candidate> candidates = new ArrayList<>();
  private final int sequences;
  private final double stepNanos;

  /** Expected of the step as it is planned so far. */
  private double tokens;

  private double nanos;

  /**
   * @param sequences how many get a token from the step
   * @param stepNanos time of the step without guesses
   */
  DepthPlan(int sequences, double stepNanos) {
    this.sequences = sequences;
    this.stepNanos = stepNanos;
    tokens = sequences;
    nanos = stepNanos;
  }

  /** A sequence that may be guessed. */
  static final class Candidate {
    private final double rate;
    private final double guessNanos;
    private final int most;
    private int depth;

    private Candidate(double rate, double guessNanos, int most) {
      this.rate = rate;
      this.guessNanos = guessNanos;
      this.most = most;
    }

    /** What was chosen. */
    int depth() {
      return depth;
    }

    void drop() {
      depth = 0;
    }

    private double gain() {
      return Math.pow(rate, depth + 1);
    }

    private double worth() {
      return gain() / guessNanos;
    }
  }

  /**
   * Adds a sequence.
   *
   * @param rate how often a guess is right where all before it were
   * @param guessNanos what each guess costs: to make and to verify
   * @param most guesses at most
   */
  Candidate add(double rate, double guessNanos, int most) {
    Candidate candidate = new Candidate(rate, atLeast(guessNanos), most);
    candidates.add(candidate);
    return candidate;
  }

  private double atLeast(double guessNanos) {
    return Math.max(guessNanos, LEAST_COST * stepNanos);
  }

  /**
   * Whether a further guess is worth its time now; it is part of the plan then.
   *
   * @param gain tokens that it is expected to give
   */
  boolean takes(double gain, double guessNanos) {
    double cost = atLeast(guessNanos);
    if (gain * nanos <= MARGIN * tokens * cost) {
      return false;
    }
    tokens += gain;
    nanos += cost;
    return true;
  }

  /** Whether the step is still better than without guesses if it takes so much more. */
  boolean isWorth(double moreNanos) {
    return tokens * stepNanos > sequences * (nanos + moreNanos);
  }

  /**
   * What a line of guesses gains, in tokens, beyond what its time is worth without it.
   *
   * @param guessTokens time of a guess, as the tokens that are computed in it without guesses
   */
  static double profit(double rate, double guessTokens, int most) {
    double profit = 0;
    double gain = rate;
    for (int i = 0; i < most && gain > guessTokens; i++) {
      profit += gain - guessTokens;
      gain *= rate;
    }
    return profit;
  }

  /**
   * Chooses the depths.
   *
   * @param room guesses of all together at most
   */
  void choose(int room) {
    PriorityQueue<Candidate> best =
        new PriorityQueue<>(Comparator.comparingDouble(candidate -> -candidate.worth()));
    candidates.stream().filter(candidate -> candidate.most > 0).forEach(best::add);
    for (int left = room; left > 0 && !best.isEmpty(); left--) {
      Candidate next = best.remove();
      if (!takes(next.gain(), next.guessNanos)) {
        return;
      }
      next.depth++;
      if (next.depth < next.most) {
        best.add(next);
      }
    }
  }
}
