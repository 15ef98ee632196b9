package dev.flyball.engine.schedule;

/**
 * Learns {@link StepCost} from the steps that ran: weighted least squares of the relative error
 * over about the last hundred steps, with no cost below zero.
 *
 * <p>Each step adds its equation {@code sum of cost * measure = time}, divided by its time, to the
 * normal equations, which fade. They are solved by coordinate descent from the costs that were
 * known, each clamped to zero, and held to them by a little: what lately did not vary, such as the
 * cost of prompts while there are none, stays as it was. A step that is further from its prediction
 * than steps usually are (a pause of the JVM, a neighbour) counts for less the further it is
 * (Huber, Robust Estimation of a Location Parameter, 1964), but never for nothing, so that a
 * machine that became slower is followed. Not thread-safe.
 */
public final class StepTimeModel {
  private static final int COSTS = 5;
  private static final int SWEEPS = 10;

  /** What is left of a step's weight after the next: about a hundred steps are remembered. */
  private static final double FADING = 0.99;

  /** How much the known costs weigh, in steps. */
  private static final double HOLD = 0.002;

  /** A step further off than so many usual distances counts for less. */
  private static final double USUAL_DISTANCES = 2;

  private static final double DISTANCE_FADING = 0.95;
  private static final int CALIBRATED_STEPS = 8;
  private static final int CALIBRATED_PREFILL_TOKENS = 256;

  /** Measures are divided by these, so that costs are times of a usual size. */
  private static final double[] SCALE = {1, 256, 8, 256 * 1024, 8 * 1024};

  private final double[] costs = scaled(StepCost.PRIOR);
  private final double[][] normal = new double[COSTS][COSTS];
  private final double[] right = new double[COSTS];
  private final double[] known = new double[COSTS];
  private final double[] row = new double[COSTS];
  private double usualDistance = 0.5;
  private double meanNanos;
  private int steps;
  private long prefillTokens;
  private StepCost cost = StepCost.PRIOR;

  /** What steps cost by all that is known. */
  public StepCost cost() {
    return cost;
  }

  /** Whether enough was seen to rely on. */
  public boolean calibrated() {
    return steps >= CALIBRATED_STEPS && prefillTokens >= CALIBRATED_PREFILL_TOKENS;
  }

  /**
   * The mean relative distance of late predictions from what was measured; 0.1: ten percent off.
   */
  public double usualDistance() {
    return usualDistance;
  }

  /** Learns from a step that ran. */
  public void observe(StepWork work, long elapsedNanos) {
    double nanos = Math.max(1, elapsedNanos);
    if (steps == 0) {
      assumeScaleOf(work, nanos);
    }
    double weight = weight(cost.nanos(work), nanos);
    steps = Math.min(steps + 1, Integer.MAX_VALUE - 1);
    prefillTokens += work.prefillTokens();
    meanNanos += (nanos - meanNanos) * (1 - DISTANCE_FADING);
    add(work, nanos, weight);
    solve();
    cost = unscaled(costs);
  }

  /** Before the first step nothing is known but how the costs relate to each other. */
  private void assumeScaleOf(StepWork work, double nanos) {
    double factor = nanos / cost.nanos(work);
    for (int i = 0; i < COSTS; i++) {
      costs[i] *= factor;
    }
    meanNanos = nanos;
    cost = unscaled(costs);
  }

  private double weight(double predicted, double nanos) {
    double distance = Math.abs(Math.log(nanos / Math.max(1, predicted)));
    double usual = USUAL_DISTANCES * usualDistance;
    double weight = distance > usual ? usual / distance : 1;
    double counted = Math.min(distance, 2 * usual);
    usualDistance += (1 - DISTANCE_FADING) * (counted - usualDistance);
    usualDistance = Math.max(usualDistance, 0.01);
    return weight;
  }

  private void add(StepWork work, double nanos, double weight) {
    row[0] = 1;
    row[1] = work.prefillTokens();
    row[2] = work.decodeTokens();
    row[3] = work.prefillAttended();
    row[4] = work.decodeAttended();
    for (int i = 0; i < COSTS; i++) {
      row[i] /= SCALE[i] * nanos;
    }
    for (int i = 0; i < COSTS; i++) {
      right[i] = FADING * right[i] + weight * row[i];
      for (int j = 0; j < COSTS; j++) {
        normal[i][j] = FADING * normal[i][j] + weight * row[i] * row[j];
      }
    }
  }

  private void solve() {
    double hold = HOLD / (meanNanos * meanNanos);
    System.arraycopy(costs, 0, known, 0, COSTS);
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int i = 0; i < COSTS; i++) {
        double others = 0;
        for (int j = 0; j < COSTS; j++) {
          others += i == j ? 0 : normal[i][j] * costs[j];
        }
        double best = (right[i] - others + hold * known[i]) / (normal[i][i] + hold);
        costs[i] = Math.max(0, best);
      }
    }
  }

  private static double[] scaled(StepCost cost) {
    return new double[] {
      cost.stepNanos() * SCALE[0],
      cost.prefillNanos() * SCALE[1],
      cost.decodeNanos() * SCALE[2],
      cost.prefillKeyNanos() * SCALE[3],
      cost.decodeKeyNanos() * SCALE[4]
    };
  }

  private static StepCost unscaled(double[] costs) {
    return new StepCost(
        costs[0] / SCALE[0],
        costs[1] / SCALE[1],
        costs[2] / SCALE[2],
        costs[3] / SCALE[3],
        costs[4] / SCALE[4]);
  }
}
