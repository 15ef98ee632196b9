package dev.flyball.cli.console;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/** Progress in a log: a plain line at the beginning, now and then, and at the end. */
final class ProgressLines implements Progress {
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(10);

  private final ProgressMeter meter;
  private final PrintStream out;
  private Instant printedAt = Instant.MIN;

  ProgressLines(ProgressMeter meter, PrintStream out) {
    this.meter = meter;
    this.out = out;
    print();
  }

  @Override
  public void advanceTo(long done) {
    meter.advanceTo(done);
    if (!meter.now().isBefore(printedAt.plus(LINE_INTERVAL))) {
      print();
    }
  }

  @Override
  public void close() {
    print();
  }

  private void print() {
    printedAt = meter.now();
    out.println(meter.what() + ": " + meter.line().strip());
  }
}
