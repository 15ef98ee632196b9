package dev.flyball.cli.console;

/**
 * Shows how far a long work is: a bar that redraws itself on a terminal, a plain line now and then
 * elsewhere. Used by one thread.
 */
public sealed interface Progress extends AutoCloseable permits ProgressBar, ProgressLines {
  /** What the work is counted in. */
  enum Unit {
    BYTES {
      @Override
      String show(long amount) {
        return Amounts.bytes(amount);
      }
    },
    STEPS {
      @Override
      String show(long amount) {
        return Amounts.count(amount);
      }
    };

    abstract String show(long amount);
  }

  /**
   * Begins to show a work.
   *
   * @param what names it
   * @param alreadyDone how much of it was done before: not counted into the speed
   * @param total all of it
   */
  static Progress start(
      CommandContext context, String what, long alreadyDone, long total, Unit unit) {
    ProgressMeter meter = new ProgressMeter(what, alreadyDone, total, unit, context.clock());
    return context.errIsTerminal()
        ? new ProgressBar(meter, context.err(), context.columns())
        : new ProgressLines(meter, context.err());
  }

  /** Tells how much is done by now, work done before included. */
  void advanceTo(long done);

  /** Ends the showing; the last state stays visible. */
  @Override
  void close();
}
