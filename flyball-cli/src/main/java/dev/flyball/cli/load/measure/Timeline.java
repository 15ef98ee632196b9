package dev.flyball.cli.load.measure;

import java.util.ArrayList;
import java.util.List;

/**
 * The course of a run in at most {@value #MAX_BUCKETS} spans of equal length, which doubles
 * whenever they do not suffice. Thread-safe.
 */
final class Timeline {
  static final int MAX_BUCKETS = 240;
  private static final long FIRST_BUCKET_NANOS = 1_000_000_000;

  private final List<Bucket> buckets = new ArrayList<>();
  private long bucketNanos = FIRST_BUCKET_NANOS;

  /** Sums of a span. */
  private static final class Bucket {
    private long arrived;
    private long answered;
    private long failed;
    private long outputTokens;
    private long inFlightMax;
    private long ttftCount;
    private long ttftNanosSum;
    private long ttftNanosMax;

    void add(Bucket other) {
      arrived += other.arrived;
      answered += other.answered;
      failed += other.failed;
      outputTokens += other.outputTokens;
      inFlightMax = Math.max(inFlightMax, other.inFlightMax);
      ttftCount += other.ttftCount;
      ttftNanosSum += other.ttftNanosSum;
      ttftNanosMax = Math.max(ttftNanosMax, other.ttftNanosMax);
    }

    TimelineBucket result(double seconds) {
      return new TimelineBucket(
          seconds,
          arrived,
          answered,
          failed,
          outputTokens,
          inFlightMax,
          ttftCount == 0 ? 0 : Rounding.threeDecimals(ttftNanosSum / 1e6 / ttftCount),
          Rounding.threeDecimals(ttftNanosMax / 1e6));
    }
  }

  synchronized void arrived(long atNanos) {
    bucket(atNanos).arrived++;
  }

  synchronized void failed(long atNanos) {
    bucket(atNanos).failed++;
  }

  synchronized void inFlight(long atNanos, long count) {
    Bucket bucket = bucket(atNanos);
    bucket.inFlightMax = Math.max(bucket.inFlightMax, count);
  }

  synchronized void answered(
      long arrivedAtNanos, long endedAtNanos, long ttftNanos, long outputTokens) {
    Bucket end = bucket(endedAtNanos);
    end.answered++;
    end.outputTokens += outputTokens;
    Bucket arrival = bucket(arrivedAtNanos);
    arrival.ttftCount++;
    arrival.ttftNanosSum += ttftNanos;
    arrival.ttftNanosMax = Math.max(arrival.ttftNanosMax, ttftNanos);
  }

  private Bucket bucket(long atNanos) {
    while (Math.max(atNanos, 0) / bucketNanos >= MAX_BUCKETS) {
      halve();
    }
    int index = (int) (Math.max(atNanos, 0) / bucketNanos);
    while (buckets.size() <= index) {
      buckets.add(new Bucket());
    }
    return buckets.get(index);
  }

  private void halve() {
    List<Bucket> pairs = new ArrayList<>(MAX_BUCKETS);
    for (int i = 0; i < buckets.size(); i += 2) {
      Bucket pair = buckets.get(i);
      if (i + 1 < buckets.size()) {
        pair.add(buckets.get(i + 1));
      }
      pairs.add(pair);
    }
    buckets.clear();
    buckets.addAll(pairs);
    bucketNanos *= 2;
  }

  synchronized double bucketSeconds() {
    return bucketNanos / 1e9;
  }

  synchronized List<TimelineBucket> result() {
    List<TimelineBucket> result = new ArrayList<>(buckets.size());
    for (int i = 0; i < buckets.size(); i++) {
      result.add(buckets.get(i).result(i * bucketSeconds()));
    }
    return result;
  }
}
