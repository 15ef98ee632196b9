package dev.flyball.cli.load.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;

/**
 * An axis of a plot.
 *
 * @param logarithmic whether equal distances are equal ratios
 * @param min its lower end; above 0 where it is logarithmic
 * @param max its upper end; above {@code min}
 * @param text how its values are written
 */
record Axis(
    String label, boolean logarithmic, double min, double max, DoubleFunction<String> text) {
  private static final int TICKS = 6;

  /** From 0 to a round number that is not below any value. */
  static Axis linear(String label, DoubleStream values, DoubleFunction<String> text) {
    double top = values.filter(Double::isFinite).max().orElse(1);
    double step = step(top > 0 ? top : 1);
    return new Axis(label, false, 0, step * Math.max(1, Math.ceil(top / step - 1e-9)), text);
  }

  /** Around all values above 0, each decade in one, two and five. */
  static Axis logarithmic(String label, DoubleStream values, DoubleFunction<String> text) {
    double[] positive = values.filter(value -> value > 0 && Double.isFinite(value)).toArray();
    double low = DoubleStream.of(positive).min().orElse(1);
    double high = DoubleStream.of(positive).max().orElse(10);
    double min = below(low);
    double max = below(high);
    while (max < high) {
      max = next(max);
    }
    return new Axis(label, true, min, max > min ? max : next(min), text);
  }

  /** The largest of 1, 2, 5 times a power of ten that is not above a value. */
  private static double below(double value) {
    double decade = Math.pow(10, Math.floor(Math.log10(value)));
    double digit = value / decade;
    return decade * (digit >= 5 ? 5 : digit >= 2 ? 2 : 1);
  }

  private static double next(double value) {
    double decade = Math.pow(10, Math.floor(Math.log10(value * 1.0001)));
    long digit = Math.round(value / decade);
    return digit == 1 ? 2 * decade : digit == 2 ? 5 * decade : 10 * decade;
  }

  private static double step(double span) {
    double rough = span / TICKS;
    double base = below(rough);
    return base >= rough ? base : next(base);
  }

  /** Where a value is: 0 at the lower end, 1 at the upper; values beyond stay at the end. */
  double position(double value) {
    double at =
        logarithmic
            ? Math.log(Math.max(value, min) / min) / Math.log(max / min)
            : (value - min) / (max - min);
    return Math.clamp(at, 0, 1);
  }

  /** Values to be marked, in order. */
  List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    if (logarithmic) {
      boolean decadesOnly = max / min > 1.001e3;
      for (double value = min; value <= max * 1.0001; value = next(value)) {
        boolean decade =
            Math.round(value / Math.pow(10, Math.floor(Math.log10(value * 1.0001)))) == 1;
        if (decade || !decadesOnly) {
          ticks.add(value);
        }
      }
      return ticks;
    }
    double step = step(max - min);
    for (int i = 0; min + i * step <= max + step * 1e-6; i++) {
      ticks.add(min + i * step);
    }
    return ticks;
  }

  /** A number with as many digits as it needs. */
  static String number(double value) {
    return String.format(Locale.ROOT, "%.6f", value).replaceFirst("\\.?0+$", "");
  }

  /** Milliseconds, from a thousand on as seconds. */
  static String millis(double value) {
    return value >= 1000 ? number(value / 1000) + " s" : number(value) + " ms";
  }

  static String percent(double share) {
    return number(100 * share) + " %";
  }
}
