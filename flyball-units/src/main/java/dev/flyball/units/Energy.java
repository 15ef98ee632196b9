package dev.flyball.units;

/**
 * Energy with how it is known and how well: the true value is believed to lie between low and high.
 *
 * @param joules the best figure
 * @param lowJoules lower end of the error band
 * @param highJoules upper end of the error band
 * @param method how the figure came about
 * @param basis what it rests on, in plain words
 */
public record Energy(
    double joules, double lowJoules, double highJoules, Method method, String basis) {

  /** How an energy is known. */
  public enum Method {
    /** Counters of the hardware, while hardly anything else ran. */
    MEASURED,
    /** Counters of the hardware, shared by a model among those that ran at the same time. */
    MODELLED,
    /** No counters: processor time and a table of what such processors take. */
    ESTIMATED
  }

  public Energy {
    if (!(lowJoules >= 0 && lowJoules <= joules && joules <= highJoules)
        || Double.isInfinite(highJoules)) {
      throw new IllegalArgumentException(
          "joules must satisfy 0 <= low <= joules <= high: %s <= %s <= %s"
              .formatted(lowJoules, joules, highJoules));
    }
    if (basis.isBlank()) {
      throw new IllegalArgumentException("an energy must say what it rests on");
    }
  }
}
