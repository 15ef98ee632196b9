package dev.flyball.server.energy;

import dev.flyball.units.Energy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Shares what the hardware counted: a request bears the machine's energy while it ran in the
 * proportion of its processor time to that of everything that ran. What the machine takes idle is
 * borne by those that keep it awake. Where the counters cannot tell, because the time was too short
 * or they cannot be read any more, a table estimates.
 */
final class RaplMeter implements EnergyMeter {
  private static final System.Logger LOG = System.getLogger(RaplMeter.class.getName());

  /** Of the counters against a meter at the wall of the same rails; some count by a model. */
  private static final double COUNTER_ERROR = 0.1;

  /** A second of processor time does not take the same whoever uses it. */
  private static final double SHARING_ERROR = 0.3;

  /** Whose share is larger had the machine to itself. */
  private static final double ALONE = 0.9;

  /** Below, the counters' steps (a millisecond) and the clock's (10 ms) are too coarse. */
  private static final double LEAST_BUSY_SECONDS = 0.1;

  private final RaplCounters counters;
  private final BusyTime busyTime;
  private final int threads;
  private final PowerTableMeter table;
  private Reading last = new Reading(0, 0);
  private boolean broken;

  RaplMeter(RaplCounters counters, Path root, int threads, PowerTableMeter table) {
    this.counters = counters;
    this.busyTime = new BusyTime(root);
    this.threads = threads;
    this.table = table;
  }

  @Override
  public synchronized Reading read() {
    if (!broken) {
      try {
        last = new Reading(counters.microjoules(), busyTime.seconds());
      } catch (IOException | UncheckedIOException e) {
        broken = true;
        LOG.log(
            System.Logger.Level.WARNING,
            "the energy counters cannot be read any more; from now on energy is estimated",
            e);
      }
    }
    return last;
  }

  @Override
  public Optional<Energy> since(Reading start, Duration computeTime) {
    if (!computeTime.isPositive()) {
      return Optional.empty();
    }
    Reading end = read();
    double joules = (end.microjoules() - start.microjoules()) / 1e6;
    double busySeconds = end.busySeconds() - start.busySeconds();
    if (isBroken() || joules <= 0 || busySeconds < LEAST_BUSY_SECONDS) {
      return table.since(start, computeTime);
    }
    return Optional.of(share(joules, busySeconds, computeTime.toNanos() / 1e9 * threads));
  }

  private static Energy share(double machineJoules, double busySeconds, double cpuSeconds) {
    double share = Math.min(1, cpuSeconds / busySeconds);
    boolean alone = share >= ALONE;
    double error =
        COUNTER_ERROR + 2 * BusyTime.TICK_SECONDS / busySeconds + (alone ? 0 : SHARING_ERROR);
    double joules = machineJoules * share;
    return new Energy(
        joules,
        joules * Math.max(0, 1 - error),
        joules * (1 + error),
        alone ? Energy.Method.MEASURED : Energy.Method.MODELLED,
        String.format(
            Locale.ROOT,
            "RAPL counted %.3f J, %.0f %% of the processor time was this request's",
            machineJoules,
            100 * share));
  }

  private synchronized boolean isBroken() {
    return broken;
  }

  @Override
  public String description() {
    return "counted by the processor (RAPL), shared by processor time";
  }
}
