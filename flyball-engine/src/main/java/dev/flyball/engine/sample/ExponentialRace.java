package dev.flyball.engine.sample;

import dev.flyball.kernels.BlockMaxima;

/**
 * Draws tokens, each as often as its weight says: the one that comes first where each comes after
 * an exponentially distributed time of its own, at the rate of its weight. The times for weight 1
 * are a function of the noise and the token only, so that distributions that are nearly alike
 * nearly always give the same token for the same noise, whatever other candidates there are: what
 * makes guesses of drafts right (Daliri, Musco, Suresh, arXiv:2408.07978).
 *
 * <p>The times of a block's tokens are made in ascending order, as far as they are needed: of n
 * exponential times the first comes after an exponential time at rate n, the next after another at
 * rate n - 1, and so on, each to a token of those that are left (A. Renyi, "On the theory of order
 * statistics", 1953). A block is left once its best token would come too late; most are never
 * entered. The result is that of looking at all tokens. Not thread-safe.
 */
final class ExponentialRace {
  /** No token. */
  static final int NONE = -1;

  private static final int BLOCK = BlockMaxima.BLOCK;
  private static final double LN2 = Math.log(2);
  private static final byte[] ALL = new byte[BLOCK];

  static {
    for (int i = 0; i < BLOCK; i++) {
      ALL[i] = (byte) i;
    }
  }

  private final float[] logits;
  private final LogitMaxima maxima;
  private final byte[] left = new byte[BLOCK];
  private double max;
  private double temperature;
  private double floor;
  private int lastAtFloor;
  private double earliest;
  private int first;
  private double nextTime;
  private int next;

  ExponentialRace(float[] logits, LogitMaxima maxima) {
    this.logits = logits;
    this.maxima = maxima;
  }

  /**
   * Draws a token whose logit is above a floor, or equal to it where its id is not above {@code
   * lastAtFloor}.
   *
   * @param best the token with the largest logit
   */
  int winner(int best, double temperature, double floor, int lastAtFloor, long noise) {
    this.max = logits[best];
    this.temperature = temperature;
    this.floor = floor;
    this.lastAtFloor = lastAtFloor;
    earliest = Double.POSITIVE_INFINITY;
    first = best;
    nextTime = Double.POSITIVE_INFINITY;
    next = NONE;
    int bestBlock = best / BLOCK;
    run(bestBlock, noise);
    for (int block = 0; block < maxima.blocks(); block++) {
      if (block != bestBlock && maxima.of(block) >= floor && mayWin(block, noise)) {
        run(block, noise);
      }
    }
    return first;
  }

  /**
   * Whether the block's best token could come in time if it had the block's first time {@code
   * -ln(unit) / BLOCK}, which is at least {@code (1 - unit) / BLOCK}. Needs neither a logarithm nor
   * a power: {@code exp(x) < 2^e} where {@code x < e ln 2}.
   */
  private boolean mayWin(int block, long noise) {
    double leastWeight = (1 - SplitMix64.unit(noise, block)) / (BLOCK * earliest);
    return maxima.of(block) - max >= temperature * LN2 * Math.getExponent(leastWeight);
  }

  private double weight(float logit) {
    return Math.exp((logit - max) / temperature);
  }

  private void run(int block, long noise) {
    double bestWeight = weight(maxima.of(block));
    long seed = SplitMix64.number(noise, block);
    int from = maxima.first(block);
    int end = maxima.end(block);
    System.arraycopy(ALL, 0, left, 0, BLOCK);
    double time = -Math.log(SplitMix64.unit(noise, block)) / BLOCK;
    for (int taken = 0; time <= earliest * bestWeight; taken++) {
      int waiting = BLOCK - taken;
      int place =
          taken + (int) Math.unsignedMultiplyHigh(SplitMix64.number(seed, 2 * taken), waiting);
      int id = from + left[place];
      left[place] = left[taken];
      if (id < end && isKept(id)) {
        arrive(id, time);
      }
      if (waiting == 1) {
        return;
      }
      time -= Math.log(SplitMix64.unit(seed, 2 * taken + 1)) / (waiting - 1);
    }
  }

  private boolean isKept(int id) {
    return logits[id] > floor || (logits[id] == floor && id <= lastAtFloor);
  }

  private void arrive(int id, double timeAtWeightOne) {
    double weight = weight(logits[id]);
    double time = timeAtWeightOne / weight;
    if (weight > 0 && (time < earliest || (time == earliest && id < first))) {
      if (earliest < Double.POSITIVE_INFINITY) {
        nextTime = earliest;
        next = first;
      }
      earliest = time;
      first = id;
    } else if (time < nextTime) {
      nextTime = time;
      next = id;
    }
  }

  /**
   * Who came next to the last winner among those that were looked at; {@link #NONE} where nobody
   * else was.
   */
  int runnerUp() {
    return next;
  }

  /** The winner's time by the runner-up's, 0 to 1. */
  double closeness() {
    return earliest / nextTime;
  }
}
