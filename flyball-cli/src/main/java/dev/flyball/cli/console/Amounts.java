package dev.flyball.cli.console;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. */
public final class Amounts {
  private static final String[] BINARY_UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final String[] COUNT_UNITS = {"", " K", " M", " B", " T"};

  private Amounts() {}

  /** Bytes in the largest fitting binary unit: {@code 1.50 GiB}. */
  public static String bytes(long bytes) {
    return scaled((double) bytes, 1024, BINARY_UNITS, " ");
  }

  /** A count in thousands, millions, billions: {@code 1.24 B}. */
  public static String count(long count) {
    return scaled((double) count, 1000, COUNT_UNITS, "");
  }

  /** Hours, minutes and seconds: {@code 1:02:03} or {@code 02:03}. */
  public static String clock(Duration duration) {
    long seconds = duration.toSeconds();
    return seconds >= 3600
        ? String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60)
        : String.format(Locale.ROOT, "%02d:%02d", seconds / 60, seconds % 60);
  }

  private static String scaled(double value, int base, String[] units, String gap) {
    int unit = 0;
    double rest = value;
    while (rest >= base && unit < units.length - 1) {
      rest /= base;
      unit++;
    }
    String number = String.format(Locale.ROOT, unit == 0 ? "%.0f" : "%.2f", rest);
    return number + gap + units[unit];
  }
}
