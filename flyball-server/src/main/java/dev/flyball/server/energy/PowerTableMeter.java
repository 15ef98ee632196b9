package dev.flyball.server.energy;

import dev.flyball.units.Energy;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** Estimates by processor time and what such processors take under full load. */
final class PowerTableMeter implements EnergyMeter {
  private static final Reading NOTHING = new Reading(0, 0);

  private final Processor processor;
  private final int threads;
  private final PowerTable.Watts watts;

  PowerTableMeter(Processor processor, int threads) {
    this.processor = processor;
    this.threads = threads;
    this.watts = PowerTable.of(processor);
  }

  @Override
  public Reading read() {
    return NOTHING;
  }

  @Override
  public Optional<Energy> since(Reading start, Duration computeTime) {
    if (!computeTime.isPositive()) {
      return Optional.empty();
    }
    double seconds = computeTime.toNanos() / 1e9;
    double joules = seconds * threads * watts.active();
    return Optional.of(
        new Energy(
            joules,
            joules / watts.factor(),
            joules * watts.factor(),
            Energy.Method.ESTIMATED,
            String.format(
                Locale.ROOT,
                "%d threads x %.3f s x %.2f W a thread under full load (%s: %s)",
                threads,
                seconds,
                watts.active(),
                processor.name(),
                watts.generation())));
  }

  @Override
  public String description() {
    return String.format(
        Locale.ROOT,
        "estimated by processor time at %.2f W a thread, within a factor of %.0f (%s: %s)",
        watts.active(),
        watts.factor(),
        processor.name(),
        watts.generation());
  }
}
