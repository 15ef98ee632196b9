package dev.flyball.cli.load;

import dev.flyball.cli.console.Amounts;
import dev.flyball.cli.console.CommandContext;
import dev.flyball.cli.load.measure.RunStatistics.Standing;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** Shows how a run stands: on a terminal every second in one line, else a line now and then. */
final class LoadProgress implements Consumer<Standing> {
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(30);
  private static final String RETURN_AND_ERASE = "\r\u001b[K";

  private final CommandContext context;
  private final Instant begin;
  private Instant shown;

  LoadProgress(CommandContext context) {
    this.context = context;
    this.begin = context.clock().instant();
    this.shown = begin;
  }

  @Override
  public synchronized void accept(Standing standing) {
    Instant now = context.clock().instant();
    String line =
        "%s  %d in flight, %d over, %d failed"
            .formatted(
                Amounts.clock(Duration.between(begin, now)),
                standing.inFlight(),
                standing.finished(),
                standing.failed());
    if (context.errIsTerminal()) {
      context.err().print(RETURN_AND_ERASE + line);
      context.err().flush();
    } else if (!now.isBefore(shown.plus(LINE_INTERVAL))) {
      shown = now;
      context.err().println(line);
    }
  }

  /** Leaves the terminal's line free. */
  synchronized void end() {
    if (context.errIsTerminal()) {
      context.err().print(RETURN_AND_ERASE);
      context.err().flush();
    }
  }
}
