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

  /**
   * @param sequences how many get a token from the step
   * @param stepNanos time of the step without guesses
   */
  DepthPlan(int sequences, double stepNanos) {
    this.sequences = sequences;
    this.stepNanos = stepNanos;
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
    Candidate candidate = new Candidate(rate, Math.max(guessNanos, LEAST_COST * stepNanos), most);
    candidates.add(candidate);
    return candidate;
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
    double tokens = sequences;
    double nanos = stepNanos;
    for (int left = room; left > 0 && !best.isEmpty(); left--) {
      Candidate next = best.remove();
      double gain = next.gain();
      if (gain * nanos <= MARGIN * tokens * next.guessNanos) {
        return;
      }
      tokens += gain;
      nanos += next.guessNanos;
      next.depth++;
      if (next.depth < next.most) {
        best.add(next);
      }
    }
  }
}
