package dev.flyball.cli.load.measure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Keeps at most {@value #CAPACITY} of any number of requests, each with the same chance: algorithm
 * R (Vitter, "Random sampling with a reservoir", ACM TOMS 11, 1985). Thread-safe.
 */
final class SampleReservoir {
  static final int CAPACITY = 1000;

  private final List<RequestSample> kept = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(CAPACITY);
  private long seen;

  synchronized void offer(RequestSample sample) {
    seen++;
    if (kept.size() < CAPACITY) {
      kept.add(sample);
      return;
    }
    long place = random.nextLong(seen);
    if (place < CAPACITY) {
      kept.set((int) place, sample);
    }
  }

  synchronized List<RequestSample> inOrder() {
    return kept.stream().sorted(Comparator.comparingDouble(RequestSample::seconds)).toList();
  }
}
