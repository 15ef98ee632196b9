package dev.flyball.governor;

/**
 * Quantiles of a stream of lengths in constant memory: counts in buckets whose bounds grow by a
 * constant factor, so that a quantile is off by at most that factor (Masson, Rim and Lee, DDSketch,
 * VLDB 2019). Counts are halved now and then, so that what was long ago weighs less. Not
 * thread-safe.
 */
final class LengthSketch {
  /** A bucket's upper bound over its lower one: quantiles are within 9 percent. */
  private static final double GROWTH = Math.pow(2, 1.0 / 8);

  /** Reaches beyond 2^20 tokens; what is longer counts as that. */
  private static final int BUCKETS = 8 * 20 + 1;

  private static final float HALVE_ABOVE = 1024;

  private final float[] counts = new float[BUCKETS];
  private float total;
  private long seen;

  void add(int length) {
    counts[bucketOf(length)]++;
    total++;
    seen++;
    if (total > HALVE_ABOVE) {
      halve();
    }
  }

  /** Lengths added since the beginning. */
  long seen() {
    return seen;
  }

  /**
   * The length that a share of all lengths does not exceed.
   *
   * @param share 0 to 1
   */
  int quantile(double share) {
    double rank = share * total;
    double below = 0;
    int last = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      if (counts[bucket] == 0) {
        continue;
      }
      last = bucket;
      below += counts[bucket];
      if (below >= rank) {
        break;
      }
    }
    return upperBound(last);
  }

  private void halve() {
    total = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      counts[bucket] = counts[bucket] < 1e-3f ? 0 : counts[bucket] / 2;
      total += counts[bucket];
    }
  }

  private static int bucketOf(int length) {
    double bucket = Math.ceil(Math.log(Math.max(length, 1)) / Math.log(GROWTH) - 1e-9);
    return (int) Math.min(bucket, BUCKETS - 1);
  }

  private static int upperBound(int bucket) {
    return (int) Math.floor(Math.pow(GROWTH, bucket) + 1e-6);
  }
}
