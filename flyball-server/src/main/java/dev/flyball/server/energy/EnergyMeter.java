package dev.flyball.server.energy;

import dev.flyball.units.Energy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Tells what requests take in energy. Thread-safe. */
public sealed interface EnergyMeter permits RaplMeter, PowerTableMeter {
  /**
   * Where the machine's counters stand.
   *
   * @param microjoules taken so far
   * @param busySeconds processor time of everything that ran on the machine so far
   */
  record Reading(long microjoules, double busySeconds) {}

  /** The best meter that this machine has: its counters, or a table. */
  static EnergyMeter ofMachine(int threads) {
    return of(Path.of("/"), threads);
  }

  /**
   * The best meter that a machine has.
   *
   * @param root the folder above {@code sys} and {@code proc}
   * @param threads that an engine computes with
   */
  static EnergyMeter of(Path root, int threads) {
    PowerTableMeter table = new PowerTableMeter(Processor.of(root), threads);
    Optional<EnergyMeter> counters =
        RaplCounters.of(root).map(rapl -> new RaplMeter(rapl, root, threads, table));
    return counters.orElse(table);
  }

  /**
   * Where the counters stand. To be called once a minute at least, so that none can wrap around
   * twice unseen.
   */
  Reading read();

  /**
   * What a request took.
   *
   * @param start a reading from when it began to compute or shortly before
   * @param computeTime its share of the time of the steps that it took part in
   * @return nothing for what did not compute
   */
  Optional<Energy> since(Reading start, Duration computeTime);

  /** How it comes to its figures, in one line. */
  String description();
}
