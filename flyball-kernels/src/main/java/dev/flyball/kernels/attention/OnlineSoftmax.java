package dev.flyball.kernels.attention;

import dev.flyball.kernels.simd.Reg;
import dev.flyball.kernels.simd.SimdBuilder;
import dev.flyball.kernels.simd.Vec;

/**
 * Emits the step of the online softmax (arXiv:1805.02867) from one block to the next: scores become
 * weights, and what was summed before is to be scaled to the new maxima. Scores are in units of
 * {@link #UNIT}, so that weights are powers of two.
 */
final class OnlineSoftmax {
  /** What scores and their maxima are counted in. */
  static final double UNIT = Math.log(2);

  private static final int TOKENS = KvLayout.BLOCK_TOKENS;

  /** Vectors of a row of scores that are treated side by side; more gained nothing. */
  private static final int WIDTH = 2;

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

  /**
   * Emits it for the block whose scores are in the state.
   *
   * @param largest each query's largest score, a query to a lane; released
   */
  void emit(Vec[] largest) {
    if (softCap < Float.POSITIVE_INFINITY) {
      capScores(largest);
    }
    PowerOfTwo power = new PowerOfTwo(s, WIDTH, WIDTH + 2);
    factors(power, largest);
    weights(power);
    power.release();
  }

  /** The largest capped score is the largest one capped. */
  private void capScores(Vec[] largest) {
    SoftCap cap = new SoftCap(s, softCap);
    for (Vec lanes : largest) {
      cap.emit(lanes);
    }
    Vec score = s.vector();
    for (int i = 0; i < state.queries() * vectorsOfRow(); i++) {
      s.load(score, address, score(i));
      cap.emit(score);
      s.store(address, score(i), score);
    }
    s.release(score);
    cap.release();
  }

  /** New maxima, and {@code factor = 2^(old - new)}, for a vector of queries at a time. */
  private void factors(PowerOfTwo power, Vec[] largest) {
    Vec old = s.vector();
    for (int i = 0; i < largest.length; i++) {
      int query = i * s.lanes();
      s.load(old, address, state.maximum(query));
      s.maximum(largest[i], largest[i], old);
      s.store(address, state.maximum(query), largest[i]);
      s.subtract(old, old, largest[i]);
      power.apply(old);
      s.store(address, state.factor(query), old);
    }
    s.release(old);
    s.release(largest);
  }

  /** {@code weight = 2^(score - maximum)} in place of the scores, and their sums. */
  private void weights(PowerOfTwo power) {
    Vec maximum = s.vector();
    Vec sum = s.vector();
    Vec[] weights = new Vec[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      weights[i] = s.vector();
    }
    for (int q = 0; q < state.queries(); q++) {
      s.broadcast(maximum, address, state.maximum(q));
      s.load(sum, address, state.sum(q));
      s.multiplyBroadcast(sum, sum, address, state.factor(q));
      for (int v = 0; v < vectorsOfRow(); v += WIDTH) {
        int first = q * vectorsOfRow() + v;
        for (int i = 0; i < WIDTH; i++) {
          s.load(weights[i], address, score(first + i));
          s.subtract(weights[i], weights[i], maximum);
        }
        power.apply(weights);
        for (int i = 0; i < WIDTH; i++) {
          s.store(address, score(first + i), weights[i]);
          s.addFloat(sum, sum, weights[i]);
        }
      }
      s.store(address, state.sum(q), sum);
    }
    s.release(maximum, sum);
    s.release(weights);
  }

  private int vectorsOfRow() {
    return TOKENS / s.lanes();
  }

  private int score(int vector) {
    return state.scores() + vector * s.bytes();
  }
}
