package dev.flyball.cli.console;

import dev.flyball.cli.console.Progress.Unit;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;

/** Share, speed and time left of a work, from how much is done when. */
final class ProgressMeter {
  /** Time over which the speed is averaged, so that it follows the line and does not flicker. */
  private static final Duration SPEED_MEMORY = Duration.ofSeconds(5);

  private final String what;
  private final long total;
  private final Unit unit;
  private final InstantSource clock;
  private final Instant start;
  private Instant measuredAt;
  private long measured;
  private double perSecond;
  private long done;

  ProgressMeter(String what, long alreadyDone, long total, Unit unit, InstantSource clock) {
    this.what = what;
    this.total = total;
    this.unit = unit;
    this.clock = clock;
    this.start = clock.instant();
    this.measuredAt = start;
    this.measured = alreadyDone;
    this.done = alreadyDone;
  }

  void advanceTo(long nowDone) {
    done = nowDone;
    Instant now = clock.instant();
    double seconds = seconds(Duration.between(measuredAt, now));
    if (seconds < 0.2) {
      return;
    }
    double current = Math.max(0, nowDone - measured) / seconds;
    double weight = perSecond == 0 ? 1 : 1 - Math.exp(-seconds / seconds(SPEED_MEMORY));
    perSecond += weight * (current - perSecond);
    measured = nowDone;
    measuredAt = now;
  }

  Instant now() {
    return clock.instant();
  }

  String what() {
    return what;
  }

  /** From 0 to 1. */
  double share() {
    return total <= 0 ? 1 : Math.min(1, (double) done / total);
  }

  /** {@code 1.50 GiB of 4.00 GiB}. */
  String amount() {
    return unit.show(done) + " of " + unit.show(total);
  }

  /** {@code 12.50 MiB/s}, or nothing before there is a measurement. */
  Optional<String> speed() {
    return perSecond == 0 ? Optional.empty() : Optional.of(unit.show(Math.round(perSecond)) + "/s");
  }

  /** {@code 02:03 left}; at the end, how long it took: {@code in 02:03}. */
  Optional<String> time() {
    if (done >= total) {
      return Optional.of("in " + Amounts.clock(Duration.between(start, clock.instant())));
    }
    if (perSecond == 0) {
      return Optional.empty();
    }
    return Optional.of(
        Amounts.clock(Duration.ofSeconds(Math.round((total - done) / perSecond))) + " left");
  }

  /** Everything in words. */
  String line() {
    StringBuilder line = new StringBuilder(percent()).append("  ").append(amount());
    speed().ifPresent(speed -> line.append("  ").append(speed));
    time().ifPresent(time -> line.append("  ").append(time));
    return line.toString();
  }

  private String percent() {
    return String.format(Locale.ROOT, "%3d%%", (int) (100 * share()));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
