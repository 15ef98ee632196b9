package dev.flyball.cli.load.measure;

import dev.flyball.cli.load.workload.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What makes an answer good. A goal that is not there is met by every answer.
 *
 * @param ttft longest time from arrival to the first output
 * @param tpot longest mean time between output tokens
 * @param e2e longest time from arrival to the end
 */
public record Slo(Optional<Duration> ttft, Optional<Duration> tpot, Optional<Duration> e2e) {
  static final Slo NONE = new Slo(Optional.empty(), Optional.empty(), Optional.empty());

  /** Reads {@code ttft=2s,tpot=150ms}; what it does not name is taken from {@code usual}. */
  static Slo parse(String text, Slo usual) {
    Slo slo = usual;
    for (String goal : text.split(",", -1)) {
      String[] parts = goal.strip().split("=", 2);
      if (parts.length != 2) {
        throw new IllegalArgumentException(
            "a goal of --slo is written ttft=2s, tpot=150ms or e2e=30s, not '" + goal + "'");
      }
      Optional<Duration> limit = Optional.of(DurationText.parse(parts[1]));
      slo =
          switch (parts[0].strip()) {
            case "ttft" -> new Slo(limit, slo.tpot, slo.e2e);
            case "tpot" -> new Slo(slo.ttft, limit, slo.e2e);
            case "e2e" -> new Slo(slo.ttft, slo.tpot, limit);
            default ->
                throw new IllegalArgumentException(
                    "--slo knows ttft, tpot and e2e, not '" + parts[0] + "'");
          };
    }
    return slo;
  }

  /**
   * The goals that a request missed.
   *
   * @param tpotNanos 0 where the answer has one token or none
   */
  List<String> missed(long ttftNanos, long tpotNanos, long e2eNanos) {
    List<String> missed = new ArrayList<>(3);
    addIfMissed(missed, "ttft", ttft, ttftNanos);
    addIfMissed(missed, "tpot", tpot, tpotNanos);
    addIfMissed(missed, "e2e", e2e, e2eNanos);
    return missed;
  }

  private static void addIfMissed(
      List<String> missed, String name, Optional<Duration> goal, long nanos) {
    if (goal.filter(limit -> nanos > limit.toNanos()).isPresent()) {
      missed.add(name);
    }
  }

  @Override
  public String toString() {
    List<String> goals = new ArrayList<>(3);
    ttft.ifPresent(limit -> goals.add("ttft=" + limit.toMillis() + "ms"));
    tpot.ifPresent(limit -> goals.add("tpot=" + limit.toMillis() + "ms"));
    e2e.ifPresent(limit -> goals.add("e2e=" + limit.toMillis() + "ms"));
    return goals.isEmpty() ? "none" : String.join(",", goals);
  }
}
