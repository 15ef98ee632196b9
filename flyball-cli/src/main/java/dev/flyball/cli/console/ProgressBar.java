package dev.flyball.cli.console;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/** Progress on a terminal: one line that is drawn over and over. */
final class ProgressBar implements Progress {
  private static final Duration REDRAW_INTERVAL = Duration.ofMillis(100);
  private static final int MIN_BAR_COLUMNS = 10;
  private static final int MAX_BAR_COLUMNS = 30;
  private static final String RETURN_AND_ERASE = "\r\u001b[K";

  private final ProgressMeter meter;
  private final PrintStream out;
  private final int columns;
  private Instant drawnAt = Instant.MIN;

  ProgressBar(ProgressMeter meter, PrintStream out, int columns) {
    this.meter = meter;
    this.out = out;
    this.columns = columns;
    draw();
  }

  @Override
  public void advanceTo(long done) {
    meter.advanceTo(done);
    if (!meter.now().isBefore(drawnAt.plus(REDRAW_INTERVAL))) {
      draw();
    }
  }

  @Override
  public void close() {
    draw();
    out.println();
  }

  private void draw() {
    drawnAt = meter.now();
    out.print(RETURN_AND_ERASE + fitted());
    out.flush();
  }

  /**
   * The line within the terminal's width: the bar gives way first, then the name, then the rest.
   */
  private String fitted() {
    String figures = meter.line();
    int room = columns - 1 - figures.length();
    int barColumns = Math.min(MAX_BAR_COLUMNS, room - meter.what().length() - 4);
    if (barColumns >= MIN_BAR_COLUMNS) {
      return meter.what() + " [" + bar(barColumns) + "] " + figures;
    }
    String name =
        room - 1 >= meter.what().length() ? meter.what() + " " : shortened(meter.what(), room - 1);
    String line = name + figures;
    return line.substring(0, Math.min(line.length(), columns - 1));
  }

  private static String shortened(String name, int room) {
    return room < MIN_BAR_COLUMNS ? "" : "…" + name.substring(name.length() - room + 1) + " ";
  }

  private String bar(int barColumns) {
    int full = (int) (meter.share() * barColumns);
    return "=".repeat(full) + " ".repeat(barColumns - full);
  }
}
