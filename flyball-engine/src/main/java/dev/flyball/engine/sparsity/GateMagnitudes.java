package dev.flyball.engine.sparsity;

import java.util.ArrayList;
import java.util.List;

/**
 * Counts the magnitudes of activated gates while a model reads a text, in steps of a 32nd of an
 * octave. Thread-safe.
 */
public final class GateMagnitudes implements GateUse {
  /** Bits of a float that are left out: 5 of the mantissa's remain. */
  private static final int FINER_BITS = 18;

  private static final int BUCKETS = 1 << (31 - FINER_BITS);
  private static final int MAGNITUDE = 0x7fffffff;

  /** Of each network, in the order in which they were announced. */
  private final List<long[]> networks = new ArrayList<>();

  /**
   * Announces the next network.
   *
   * @return its number
   */
  public synchronized int add() {
    networks.add(new long[BUCKETS]);
    return networks.size() - 1;
  }

  /** Counts {@code gates[from]} to {@code gates[end - 1]} of a network. */
  public void count(int network, float[] gates, int from, int end) {
    long[] counts = of(network);
    synchronized (counts) {
      for (int i = from; i < end; i++) {
        counts[(Float.floatToRawIntBits(gates[i]) & MAGNITUDE) >>> FINER_BITS]++;
      }
    }
  }

  private synchronized long[] of(int network) {
    return networks.get(network);
  }

  /** Networks that were announced. */
  public synchronized int networks() {
    return networks.size();
  }

  /**
   * For each network the magnitudes below which 1 %, 2 %, and so on to 99 % of its gates were.
   *
   * @throws IllegalStateException where a network saw nothing yet
   */
  public List<List<Float>> percentiles() {
    List<List<Float>> percentiles = new ArrayList<>();
    for (int network = 0; network < networks(); network++) {
      long[] counts = of(network);
      synchronized (counts) {
        percentiles.add(percentiles(counts));
      }
    }
    return percentiles;
  }

  private static List<Float> percentiles(long[] counts) {
    long all = 0;
    for (long count : counts) {
      all += count;
    }
    if (all == 0) {
      throw new IllegalStateException("a network was not asked for anything");
    }
    List<Float> percentiles = new ArrayList<>();
    int bucket = 0;
    long below = 0;
    for (int percent = 1; percent < 100; percent++) {
      double wanted = all * (percent / 100.0);
      while (below + counts[bucket] < wanted) {
        below += counts[bucket++];
      }
      double part = (wanted - below) / counts[bucket];
      double low = Float.intBitsToFloat(bucket << FINER_BITS);
      double high = Float.intBitsToFloat((bucket + 1) << FINER_BITS);
      percentiles.add((float) (low + part * (high - low)));
    }
    return List.copyOf(percentiles);
  }
}
