package dev.flyball.server.models;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How long an idle model stays loaded.
 *
 * @param limit the time, zero for unloading at once; nothing: for ever
 */
public record KeepAlive(Optional<Duration> limit) {
  private static final long MAX_SECONDS = 365 * 24 * 60 * 60;

  public static final KeepAlive FOREVER = new KeepAlive(Optional.empty());
  public static final KeepAlive FIVE_MINUTES = of(Duration.ofMinutes(5));

  private static final Pattern SECONDS = Pattern.compile("-?\\d{1,9}");
  private static final Pattern UNITS =
      Pattern.compile("(-)?(?:(\\d{1,5})h)?(?:(\\d{1,7})m)?(?:(\\d{1,9})s)?");

  /** A given time; negative: for ever. */
  public static KeepAlive of(Duration limit) {
    if (limit.isNegative()) {
      return FOREVER;
    }
    return new KeepAlive(Optional.of(Duration.ofSeconds(Math.min(limit.toSeconds(), MAX_SECONDS))));
  }

  /**
   * Reads {@code 300}, {@code 5m}, {@code 1h30m}, {@code 0}, {@code -1}: seconds unless a unit is
   * given, negative for ever.
   *
   * @throws IllegalArgumentException where the text is none of these
   */
  public static KeepAlive parse(String text) {
    String trimmed = text.strip();
    if (SECONDS.matcher(trimmed).matches()) {
      return of(Duration.ofSeconds(Long.parseLong(trimmed)));
    }
    Matcher units = UNITS.matcher(trimmed);
    if (trimmed.isEmpty() || trimmed.equals("-") || !units.matches()) {
      throw new IllegalArgumentException(
          "a keep-alive time is a number of seconds or like 5m, 1h30m, 0 or -1 (for ever)");
    }
    if (units.group(1) != null) {
      return FOREVER;
    }
    return of(
        Duration.ofHours(number(units, 2))
            .plusMinutes(number(units, 3))
            .plusSeconds(number(units, 4)));
  }

  /** Whether a model is to be unloaded as soon as nobody uses it. */
  public boolean isZero() {
    return limit.isPresent() && limit.get().isZero();
  }

  /** When a model that nobody uses since a given time is to be unloaded. */
  public Optional<Instant> expiry(Instant idleSince) {
    return limit.map(idleSince::plus);
  }

  private static long number(Matcher matcher, int group) {
    String digits = matcher.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
