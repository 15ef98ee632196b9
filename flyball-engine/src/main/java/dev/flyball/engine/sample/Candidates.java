package dev.flyball.engine.sample;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;

/**
 * The tokens still in play at one position, narrowed filter by filter. Better means a greater
 * logit, of equal ones the lower id; every filter keeps the best so and so many. Nothing is sorted.
 *
 * <p>Working memory, 16 bytes a token of the vocabulary, reused from position to position and
 * shared by all samplers of one thread. Not thread-safe.
 */
public final class Candidates {
  /** Beyond this, selecting by partition beats a heap that most tokens enter. */
  private static final int HEAP_LIMIT = 256;

  private final float[] logits;
  private final LogitMaxima maxima;
  private final double[] weights;
  private final int[] ids;
  private final BestTokens best = new BestTokens(HEAP_LIMIT);
  private final SplitMix64 pivots = new SplitMix64(0);
  private int count;

  public Candidates(int vocabularySize) {
    logits = new float[vocabularySize];
    maxima = new LogitMaxima(vocabularySize);
    weights = new double[vocabularySize];
    ids = new int[vocabularySize];
  }

  int vocabularySize() {
    return logits.length;
  }

  /**
   * The logits of all tokens, to be changed by bias and penalties before {@link #best}.
   *
   * @throws EngineException with INTERNAL where one is NaN or positive infinity
   */
  float[] load(float[] row, int offset) {
    System.arraycopy(row, offset, logits, 0, logits.length);
    if (maxima.compute(logits)) {
      for (int id = 0; id < logits.length; id++) {
        if (!(logits[id] < Float.POSITIVE_INFINITY)) {
          throw new EngineException(
              EngineError.INTERNAL,
              "the model computed " + logits[id] + " as the logit of token " + id);
        }
      }
    }
    return logits;
  }

  /**
   * The best of all tokens.
   *
   * @param changed whether a logit is not the one that was loaded
   * @throws EngineException with INTERNAL where no token has a finite logit
   */
  int best(boolean changed) {
    if (changed) {
      maxima.compute(logits);
    }
    int block = maxima.best();
    int best = maxima.first(block);
    while (best < maxima.end(block) - 1 && logits[best] != maxima.of(block)) {
      best++;
    }
    if (!Float.isFinite(logits[best])) {
      throw new EngineException(
          EngineError.INTERNAL, "no token can follow: the best logit is " + logits[best]);
    }
    return best;
  }

  float logit(int id) {
    return logits[id];
  }

  /** Starts with the tokens whose logits reach {@code floor}. */
  void keepFrom(double floor) {
    int kept = 0;
    for (int block = 0; block < maxima.blocks(); block++) {
      if (maxima.of(block) >= floor) {
        int end = maxima.end(block);
        for (int id = maxima.first(block); id < end; id++) {
          if (logits[id] >= floor) {
            ids[kept++] = id;
          }
        }
      }
    }
    count = kept;
  }

  /** Starts with the best {@code k} of the tokens whose logits reach {@code floor}. */
  void keepBestFrom(double floor, int k) {
    keepFrom(k > HEAP_LIMIT ? floor : Math.max(floor, reachedBy(k)));
    if (k >= count) {
      return;
    }
    if (k <= HEAP_LIMIT) {
      keepBestByHeap(k);
    } else {
      keepBestByPartition(k);
    }
  }

  /** A logit that at least {@code k} tokens reach: the k-th of the blocks' maxima. */
  private double reachedBy(int k) {
    if (maxima.blocks() < k) {
      return Double.NEGATIVE_INFINITY;
    }
    best.clear(k);
    for (int block = 0; block < maxima.blocks(); block++) {
      best.offer(block, maxima.of(block));
    }
    return maxima.of(best.removeWorst());
  }

  /** Gives every candidate its share: {@code exp((logit - max) / temperature)}. */
  void weigh(double max, double temperature) {
    for (int i = 0; i < count; i++) {
      int id = ids[i];
      weights[id] = Math.exp((logits[id] - max) / temperature);
    }
  }

  /**
   * Keeps the fewest of the best whose weights reach {@code share} of all candidates' weight
   * (nucleus sampling, arXiv:1904.09751). Expected time is linear: a quickselect by weight.
   */
  void keepNucleus(double share) {
    double target = share * totalWeight();
    double before = 0;
    int low = 0;
    int high = count;
    while (high - low > 1) {
      int pivot = partition(low, high);
      double left = before;
      for (int i = low; i < pivot; i++) {
        left += weights[ids[i]];
      }
      if (left >= target) {
        high = pivot;
      } else {
        before = left + weights[ids[pivot]];
        low = pivot + 1;
        if (before >= target) {
          high = low;
        }
      }
    }
    count = high;
  }

  /**
   * Draws a candidate, each as often as its weight says: the one that comes first where each comes
   * after an exponentially distributed time of its own, at the rate of its weight. The times are a
   * function of the noise and the token only, so that distributions that are nearly alike nearly
   * always give the same token for the same noise, whatever other candidates there are: what makes
   * guesses of drafts right (Daliri, Musco, Suresh, arXiv:2408.07978).
   */
  int draw(long noise) {
    int first = ids[0];
    double earliest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      int id = ids[i];
      double weight = weights[id];
      double unit = SplitMix64.unit(noise, id);
      // 1 - u <= -log(u): most candidates need no logarithm.
      if (1 - unit <= earliest * weight && weight > 0) {
        double time = -Math.log(unit) / weight;
        if (time < earliest || (time == earliest && id < first)) {
          earliest = time;
          first = id;
        }
      }
    }
    return first;
  }

  private double totalWeight() {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += weights[ids[i]];
    }
    return sum;
  }

  private void keepBestByHeap(int k) {
    best.clear(k);
    for (int i = 0; i < count; i++) {
      best.offer(ids[i], logits[ids[i]]);
    }
    count = best.size();
    for (int i = 0; i < count; i++) {
      ids[i] = best.id(i);
    }
  }

  private void keepBestByPartition(int k) {
    int low = 0;
    int high = count;
    while (high - low > 1) {
      int pivot = partition(low, high);
      if (pivot >= k) {
        high = pivot;
      } else {
        low = pivot + 1;
      }
    }
    count = k;
  }

  /**
   * Puts those better than a pivot before it and the others behind it, within [low, high).
   *
   * @return the pivot's place
   */
  private int partition(int low, int high) {
    int chosen = low + (int) Long.remainderUnsigned(pivots.nextLong(), high - low);
    int pivotId = ids[chosen];
    float pivotLogit = logits[pivotId];
    ids[chosen] = ids[high - 1];
    int place = low;
    for (int i = low; i < high - 1; i++) {
      int id = ids[i];
      float logit = logits[id];
      if (logit > pivotLogit || (logit == pivotLogit && id < pivotId)) {
        ids[i] = ids[place];
        ids[place++] = id;
      }
    }
    ids[high - 1] = ids[place];
    ids[place] = pivotId;
    return place;
  }
}
