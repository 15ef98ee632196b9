package dev.flyball.cli.bench;

import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.limits.LimitMeter;
import dev.flyball.kernels.limits.MachineLimits;
import dev.flyball.kernels.simd.InstructionSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The machine's limits, measured again and again beside the tests. Not thread-safe. */
final class LimitLog implements AutoCloseable {
  private final WorkerTeam team;
  private final LimitMeter meter;
  private final List<MachineLimits> measured = new ArrayList<>();

  /** Measures on a team of its own, of as many threads as the tests have. */
  LimitLog(InstructionSet level, int threads) {
    team = new WorkerTeam("flyball-limits", threads);
    meter = new LimitMeter(level, team);
  }

  void measure() {
    measured.add(meter.measure());
  }

  /** The medians of all measurements, of which there is at least one. */
  MachineLimits medians() {
    return new MachineLimits(
        median(MachineLimits::readBytesPerSecond), median(MachineLimits::multiplyAddsPerSecond));
  }

  private double median(ToDoubleFunction<MachineLimits> figure) {
    return Samples.median(measured.stream().mapToDouble(figure).toArray());
  }

  @Override
  public void close() {
    meter.close();
    team.close();
  }
}
