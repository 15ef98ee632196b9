package dev.flyball.engine.sample;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;

/**
 * The tokens still in play at one position, narrowed filter by filter. Better means a greater
 * logit, of equal ones the lower id; every filter keeps the best so and so many, so that those in
 * play are the ones from a floor on. Nothing is sorted, and nothing but the maxima of blocks is
 * looked at for all tokens, unless a nucleus is asked for.
 *
 * <p>Working memory, 12 bytes a token of the vocabulary, reused from position to position and
 * shared by all samplers of one thread. Not thread-safe.
 */
public final class Candidates {
  /** Beyond this, selecting by partition beats a heap that most tokens enter. */
  private static final int HEAP_LIMIT = 256;

  /** Beyond this, weighing all tokens at once beats weighing those in play. */
  private static final int WEIGH_LIMIT = 2048;

  /** How far below the best one a nucleus is looked for first, in units of the temperature. */
  private static final double NUCLEUS_DEPTH = 4;

  /** What is deeper weighs nothing. */
  private static final double WEIGHTLESS_DEPTH = 90;

  private final float[] logits;
  private final LogitMaxima maxima;
  private final TokenWeights weights;
  private final ExponentialRace race;
  private final int[] ids;
  private final BestTokens best = new BestTokens(HEAP_LIMIT);
  private final SplitMix64 pivots = new SplitMix64(0);
  private double floor;
  private int lastAtFloor;

  /** Whether {@link #ids} has those in play, and how many. */
  private boolean listed;

  private int count;

  public Candidates(int vocabularySize) {
    logits = new float[vocabularySize];
    maxima = new LogitMaxima(vocabularySize);
    weights = new TokenWeights(vocabularySize);
    race = new ExponentialRace(logits, maxima);
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
   * The best of all tokens, all of which are in play then.
   *
   * @param changed whether a logit is not the one that was loaded
   * @throws EngineException with INTERNAL where no token has a finite logit
   */
  int best(boolean changed) {
    if (changed) {
      maxima.compute(logits);
    }
    floor = Double.NEGATIVE_INFINITY;
    lastAtFloor = Integer.MAX_VALUE;
    listed = false;
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

  /** Keeps those whose logits reach a floor. */
  void keepFrom(double least) {
    floor = least;
  }

  /** Keeps the best {@code k}. */
  void keepBest(int k) {
    list(k > HEAP_LIMIT ? floor : Math.max(floor, reachedBy(k)));
    if (k < count) {
      if (k <= HEAP_LIMIT) {
        keepBestByHeap(k);
      } else {
        keepBestByPartition(k);
      }
    }
    listed = true;
    raiseFloor();
  }

  private void list(double least) {
    int kept = 0;
    for (int block = 0; block < maxima.blocks(); block++) {
      if (maxima.of(block) >= least) {
        int end = maxima.end(block);
        for (int id = maxima.first(block); id < end; id++) {
          if (logits[id] >= least) {
            ids[kept++] = id;
          }
        }
      }
    }
    count = kept;
  }

  /** Those listed, of which there is one at least, are all that are in play. */
  private void raiseFloor() {
    float worst = Float.POSITIVE_INFINITY;
    int last = 0;
    for (int i = 0; i < count; i++) {
      float logit = logits[ids[i]];
      last = logit < worst ? ids[i] : logit == worst ? Math.max(last, ids[i]) : last;
      worst = Math.min(worst, logit);
    }
    floor = worst;
    lastAtFloor = last;
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

  /**
   * Keeps the fewest of the best whose weights reach {@code share} of the weight of all in play
   * (nucleus sampling, arXiv:1904.09751). Weights are in single precision, so that the share is
   * kept to some millionths.
   *
   * @param top the best token
   */
  void keepNucleus(double share, int top, double temperature) {
    if (!listed && floor > Double.NEGATIVE_INFINITY) {
      list(floor);
      listed = true;
    }
    if (listed) {
      weighListed(logits[top], temperature);
      selectNucleus(share * listedWeight());
    } else {
      double target = share * weights.weigh(logits, logits[top], temperature);
      listAtLeast(target, logits[top], temperature);
      selectNucleus(target);
    }
    listed = true;
    raiseFloor();
  }

  private void weighListed(float max, double temperature) {
    if (count > WEIGH_LIMIT) {
      var _ = weights.weigh(logits, max, temperature);
      return;
    }
    for (int i = 0; i < count; i++) {
      weights.weigh(ids[i], logits[ids[i]], max, temperature);
    }
  }

  /** Lists the best, at least as many as have a weight together. */
  private void listAtLeast(double target, float max, double temperature) {
    double depth = NUCLEUS_DEPTH;
    do {
      boolean all = depth > WEIGHTLESS_DEPTH;
      list(all ? Double.NEGATIVE_INFINITY : max - depth * temperature);
      depth = all ? Double.POSITIVE_INFINITY : depth * 2;
    } while (listedWeight() < target && depth < Double.POSITIVE_INFINITY);
  }

  /** Takes expected linear time: a quickselect by weight. */
  private void selectNucleus(double target) {
    double before = 0;
    int low = 0;
    int high = count;
    while (high - low > 1) {
      int pivot = partition(low, high);
      double left = before;
      for (int i = low; i < pivot; i++) {
        left += weights.of(ids[i]);
      }
      if (left >= target) {
        high = pivot;
      } else {
        before = left + weights.of(ids[pivot]);
        low = pivot + 1;
        if (before >= target) {
          high = low;
        }
      }
    }
    count = high;
  }

  /** Draws one of those in play, each as often as its weight says; see {@link ExponentialRace}. */
  int draw(int top, double temperature, long noise) {
    return race.winner(top, temperature, floor, lastAtFloor, noise);
  }

  /**
   * The best token beside another one, after {@link #best}; -1 where none has a finite logit.
   *
   * @param besides the token that is left out
   */
  int bestBesides(int besides) {
    int second = -1;
    for (int block = 0; block < maxima.blocks(); block++) {
      boolean worthALook = second < 0 || maxima.of(block) > logits[second];
      for (int id = maxima.first(block); worthALook && id < maxima.end(block); id++) {
        if (id != besides && (second < 0 || logits[id] > logits[second])) {
          second = id;
        }
      }
    }
    return second >= 0 && Float.isFinite(logits[second]) ? second : -1;
  }

  /** Who came next to the winner of the last {@link #draw}, as far as was seen. */
  ExponentialRace race() {
    return race;
  }

  private double listedWeight() {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += weights.of(ids[i]);
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
