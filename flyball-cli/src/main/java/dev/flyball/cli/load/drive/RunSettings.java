package dev.flyball.cli.load.drive;

import dev.flyball.cli.load.measure.SloPolicy;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * How a run is made.
 *
 * @param rate requests a second that the workload was planned for; 0: none was
 * @param warmUp requests that arrive within it are sent but not measured
 * @param sampleInterval time between looks at the server's metrics
 * @param serverPid process of the server, where it runs on this machine: its memory is read from
 *     {@code /proc}
 */
public record RunSettings(
    Pace pace,
    double rate,
    Duration warmUp,
    SloPolicy slo,
    Duration sampleInterval,
    OptionalLong serverPid) {}
