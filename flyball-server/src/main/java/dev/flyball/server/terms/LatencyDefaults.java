package dev.flyball.server.terms;

import dev.flyball.units.LatencyTarget;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How fast answers are to come where a request does not say, by the model's name.
 *
 * @param byModel {@code *} stands for every model, for what its own entry leaves open
 */
public record LatencyDefaults(Map<String, LatencyTarget> byModel) {
  public static final LatencyDefaults NONE = new LatencyDefaults(Map.of());

  private static final String ANY = "*";

  public LatencyDefaults {
    byModel = Map.copyOf(byModel);
  }

  /**
   * Reads entries {@code MODEL=TTFT/TPOT} with commas between them; times are milliseconds, or
   * {@code -} where there is no target.
   *
   * @throws IllegalArgumentException where the text has another form
   */
  public static LatencyDefaults parse(String text) {
    Map<String, LatencyTarget> byModel = new HashMap<>();
    for (String entry : text.split(",", -1)) {
      int equals = entry.lastIndexOf('=');
      int slash = entry.lastIndexOf('/');
      if (equals < 1 || slash < equals) {
        throw new IllegalArgumentException(
            "an entry is MODEL=TTFT/TPOT, e.g. *=2000/150 or llama=500/-");
      }
      String model = entry.substring(0, equals).strip();
      LatencyTarget target =
          new LatencyTarget(
              time(entry.substring(equals + 1, slash)), time(entry.substring(slash + 1)));
      if (byModel.put(model, target) != null) {
        throw new IllegalArgumentException("there are two entries for " + model);
      }
    }
    return new LatencyDefaults(byModel);
  }

  /** What holds for a model. */
  public LatencyTarget of(String model) {
    LatencyTarget any = byModel.getOrDefault(ANY, LatencyTarget.NONE);
    return byModel.getOrDefault(model, LatencyTarget.NONE).or(any);
  }

  private static Optional<Duration> time(String text) {
    if (text.strip().equals("-")) {
      return Optional.empty();
    }
    Optional<Duration> time = RequestTerms.duration(text);
    if (time.isEmpty()) {
      throw new IllegalArgumentException(
          "'" + text.strip() + "' is no number of milliseconds above 0, nor -");
    }
    return time;
  }
}
