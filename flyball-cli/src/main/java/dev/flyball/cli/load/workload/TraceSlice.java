package dev.flyball.cli.load.workload;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A part of a trace, on the trace's own clock.
 *
 * @param start how long after the trace's first request it begins
 * @param duration how long it is; nothing: to the end
 * @param maxRequests requests at most
 */
public record TraceSlice(Path file, Duration start, Optional<Duration> duration, long maxRequests) {

  public TraceSlice {
    if (start.isNegative()) {
      throw new IllegalArgumentException("--start must not be negative");
    }
  }

  /**
   * What a slice holds.
   *
   * @param spanSeconds from its beginning to its last request
   */
  public record Size(long requests, double spanSeconds) {
    /** Mean arrivals a second; 0 where all come at once. */
    public double ratePerSecond() {
      return spanSeconds > 0 ? requests / spanSeconds : 0;
    }
  }

  /** Reads through the slice once. */
  public Size measure() {
    try (Cursor cursor = open()) {
      long count = 0;
      long lastNanos = 0;
      for (Optional<TraceRecord> next = cursor.next(); next.isPresent(); next = cursor.next()) {
        count++;
        lastNanos = cursor.sinceStartNanos(next.get());
      }
      return new Size(count, lastNanos / 1e9);
    }
  }

  Cursor open() {
    return new Cursor(this, TraceReader.open(file));
  }

  /** Goes through the slice. */
  static final class Cursor implements AutoCloseable {
    private final TraceSlice slice;
    private final TraceReader reader;
    private long count;
    private long startNanos = Long.MIN_VALUE;

    private Cursor(TraceSlice slice, TraceReader reader) {
      this.slice = slice;
      this.reader = reader;
    }

    TraceFormat format() {
      return reader.format();
    }

    Optional<TraceRecord> next() {
      while (count < slice.maxRequests()) {
        Optional<TraceRecord> next = reader.next();
        if (next.isEmpty()) {
          return next;
        }
        if (startNanos == Long.MIN_VALUE) {
          startNanos = next.get().timeNanos() + slice.start().toNanos();
        }
        long sinceStart = sinceStartNanos(next.get());
        if (slice.duration().filter(duration -> sinceStart >= duration.toNanos()).isPresent()) {
          return Optional.empty();
        }
        if (sinceStart >= 0) {
          count++;
          return next;
        }
      }
      return Optional.empty();
    }

    long sinceStartNanos(TraceRecord request) {
      return request.timeNanos() - startNanos;
    }

    @Override
    public void close() {
      reader.close();
    }
  }
}
