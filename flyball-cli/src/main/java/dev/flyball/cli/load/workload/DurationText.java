package dev.flyball.cli.load.workload;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 150ms}, {@code 2.5s}, {@code 10m}, {@code 1h}. */
public final class DurationText {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)(ms|s|m|h)");
  private static final Map<String, Long> NANOS =
      Map.of("ms", 1_000_000L, "s", 1_000_000_000L, "m", 60_000_000_000L, "h", 3_600_000_000_000L);
  private static final BigDecimal LONGEST_HOURS = BigDecimal.valueOf(24L * 366);

  private DurationText() {}

  /**
   * Reads a duration of at most a year.
   *
   * @throws IllegalArgumentException where it is none
   */
  public static Duration parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "a duration is written 150ms, 2.5s, 10m or 1h, not '" + text + "'");
    }
    BigDecimal nanos =
        new BigDecimal(matcher.group(1))
            .multiply(BigDecimal.valueOf(NANOS.getOrDefault(matcher.group(2), 0L)));
    if (nanos.compareTo(LONGEST_HOURS.multiply(BigDecimal.valueOf(3_600_000_000_000L))) > 0) {
      throw new IllegalArgumentException(text + " is longer than a year");
    }
    return Duration.ofNanos(nanos.longValue());
  }
}
