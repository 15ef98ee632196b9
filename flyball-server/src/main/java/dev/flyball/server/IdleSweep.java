package dev.flyball.server;

import dev.flyball.server.energy.EnergyMeter;
import dev.flyball.server.models.ModelRegistry;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Unloads idle models, looking every second; reads the energy counters, lest they wrap unseen. */
final class IdleSweep implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(IdleSweep.class.getName());
  private static final long PERIOD_SECONDS = 1;

  private final ModelRegistry registry;
  private final EnergyMeter energy;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("flyball-idle-sweep").factory());

  IdleSweep(ModelRegistry registry, EnergyMeter energy) {
    this.registry = registry;
    this.energy = energy;
    var _ =
        timer.scheduleWithFixedDelay(this::sweep, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  private void sweep() {
    try {
      var _ = energy.read();
      registry.unloadIdle();
    } catch (RuntimeException e) { // must not end the timer
      LOG.log(System.Logger.Level.ERROR, "the sweep for idle models failed", e);
    }
  }

  @Override
  public void close() {
    timer.shutdown();
  }
}
