package dev.flyball.governor;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Learns how long answers are: by model and tenant, where it has seen few of these by model, where
 * it has seen few of that too it assumes. Memory is bounded: of pairs that were not used for
 * longest it forgets the one too many. Not thread-safe.
 */
public final class OutputEstimator {
  /**
   * Before anything was seen. About the median and the ninth decile of chat answers in the Azure
   * trace of 2023 (Patel et al., Splitwise, ISCA 2024).
   */
  static final ExpectedOutput ASSUMED = new ExpectedOutput(130, 420, 0);

  /** Fewer answers than these say little of their ninth decile. */
  private static final int ENOUGH = 10;

  private final LeastRecent byModelAndTenant;
  private final LeastRecent byModel;

  /** Whose answers. */
  private record Key(String model, String tenant) {}

  /**
   * An estimator that has seen nothing.
   *
   * @param maxPairs pairs of model and tenant that it remembers, and as many models; each takes
   *     less than a kilobyte
   */
  public OutputEstimator(int maxPairs) {
    if (maxPairs < 1) {
      throw new IllegalArgumentException("at least one pair must be remembered");
    }
    byModelAndTenant = new LeastRecent(maxPairs);
    byModel = new LeastRecent(maxPairs);
  }

  /**
   * An answer came to its end, by itself or at a limit. One that was cut off at a limit counts with
   * what it had: the next will likely have the same limit.
   *
   * @param outputTokens at least 1
   */
  public void observe(String model, String tenant, int outputTokens) {
    if (outputTokens < 1) {
      throw new IllegalArgumentException("an answer has tokens");
    }
    byModelAndTenant.sketch(new Key(model, tenant)).add(outputTokens);
    byModel.sketch(new Key(model, "")).add(outputTokens);
  }

  /** How long the next answer is expected to be. */
  public ExpectedOutput expect(String model, String tenant) {
    LengthSketch pair = byModelAndTenant.get(new Key(model, tenant));
    if (pair != null && pair.seen() >= ENOUGH) {
      return expectation(pair);
    }
    LengthSketch all = byModel.get(new Key(model, ""));
    return all != null && all.seen() >= ENOUGH ? expectation(all) : ASSUMED;
  }

  /** Pairs that are remembered. */
  int size() {
    return byModelAndTenant.size();
  }

  private static ExpectedOutput expectation(LengthSketch sketch) {
    int p50 = sketch.quantile(0.5);
    return new ExpectedOutput(p50, Math.max(p50, sketch.quantile(0.9)), sketch.seen());
  }

  /** Sketches in the order of their use. */
  private static final class LeastRecent extends LinkedHashMap<Key, LengthSketch> {
    private static final long serialVersionUID = 1L;

    private final int limit;

    LeastRecent(int limit) {
      super(16, 0.75f, true);
      this.limit = limit;
    }

    LengthSketch sketch(Key key) {
      return computeIfAbsent(key, absent -> new LengthSketch());
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Key, LengthSketch> eldest) {
      return size() > limit;
    }
  }
}
