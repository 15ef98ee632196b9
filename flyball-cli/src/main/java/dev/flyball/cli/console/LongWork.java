package dev.flyball.cli.console;

import org.jspecify.annotations.Nullable;

/** Shows the progress of a work whose size is known with its first piece only. One thread's. */
public final class LongWork implements AutoCloseable {
  private final CommandContext context;
  private final String what;
  private final Progress.Unit unit;
  private @Nullable Progress progress;

  /**
   * @param what names it
   */
  public LongWork(CommandContext context, String what, Progress.Unit unit) {
    this.context = context;
    this.what = what;
    this.unit = unit;
  }

  /** Tells how much is done of how much; the latter does not change. */
  public void advanceTo(long done, long total) {
    if (progress == null) {
      progress = Progress.start(context, what, 0, total, unit);
    }
    progress.advanceTo(done);
  }

  @Override
  public void close() {
    if (progress != null) {
      progress.close();
    }
  }
}
