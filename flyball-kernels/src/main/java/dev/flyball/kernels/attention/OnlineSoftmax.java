package dev.flyball.kernels.attention;

import dev.flyball.kernels.simd.Exponential;
import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Emits the step of the online softmax (arXiv:1805.02867) from one block to the next: scores become
 * weights, and what was summed before is to be scaled to the new maxima.
 */
final class OnlineSoftmax {
  private static final int TOKENS = KvLayout.BLOCK_TOKENS;

  private final SimdBuilder s;
  private final TileState state;
  private final Reg address;
  private final float softCap;

  /**
   * @param softCap infinite: scores are taken as they are
   */
  OnlineSoftmax(SimdBuilder s, TileState state, Reg address, float softCap) {
    this.s = s;
    this.state = state;
    this.address = address;
    this.softCap = softCap;
  }

  void emit() {
    Exponential exponential = new Exponential(s);
    if (softCap < Float.POSITIVE_INFINITY) {
      capScores(exponential);
    }
    largestScores();
    factors(exponential);
    weights(exponential);
    exponential.release();
  }

  private void capScores(Exponential exponential) {
    SoftCap cap = new SoftCap(s, exponential, softCap);
    for (int q = 0; q < state.queries(); q++) {
      for (int v = 0; v < TOKENS / s.lanes(); v++) {
        cap.emit(address, score(q, v));
      }
    }
    cap.release();
  }

  /**
   * Each query's largest score. A whole vector of it is stored, of which the next query's leaves
   * one lane: that packs them.
   */
  private void largestScores() {
    Vec largest = s.vector();
    Vec other = s.vector();
    for (int q = 0; q < state.queries(); q++) {
      s.load(largest, address, score(q, 0));
      for (int v = 1; v < TOKENS / s.lanes(); v++) {
        s.load(other, address, score(q, v));
        s.maximum(largest, largest, other);
      }
      s.largestLane(largest, other);
      s.store(address, state.largest(q), largest);
    }
    s.release(largest, other);
  }

  /** New maxima, and {@code factor = exp(old - new)}, for a vector of queries at a time. */
  private void factors(Exponential exponential) {
    Vec largest = s.vector();
    Vec old = s.vector();
    for (int q = 0; q < state.queries(); q += s.lanes()) {
      s.load(largest, address, state.largest(q));
      s.load(old, address, state.maximum(q));
      s.maximum(largest, largest, old);
      s.store(address, state.maximum(q), largest);
      s.subtract(old, old, largest);
      exponential.apply(old);
      s.store(address, state.factor(q), old);
    }
    s.release(largest, old);
  }

  /** {@code weight = exp(score - maximum)} in place of the scores, and their sums. */
  private void weights(Exponential exponential) {
    Vec maximum = s.vector();
    Vec sum = s.vector();
    Vec weight = s.vector();
    for (int q = 0; q < state.queries(); q++) {
      s.broadcast(maximum, address, state.maximum(q));
      s.load(sum, address, state.sum(q));
      s.multiplyBroadcast(sum, sum, address, state.factor(q));
      for (int v = 0; v < TOKENS / s.lanes(); v++) {
        s.load(weight, address, score(q, v));
        s.subtract(weight, weight, maximum);
        exponential.apply(weight);
        s.store(address, score(q, v), weight);
        s.addFloat(sum, sum, weight);
      }
      s.store(address, state.sum(q), sum);
    }
    s.release(maximum, sum, weight);
  }

  private int score(int query, int vector) {
    return state.scores() + 4 * query * TOKENS + vector * s.bytes();
  }
}
