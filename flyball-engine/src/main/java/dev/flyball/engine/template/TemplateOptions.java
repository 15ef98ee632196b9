package dev.flyball.engine.template;

import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Objects;

/**
 * What a template is compiled with.
 *
 * @param clock the time that {@code strftime_now} sees, read once per rendering
 * @param zone the time zone that {@code strftime_now} writes it in
 * @param limits how much work a template may make
 */
public record TemplateOptions(InstantSource clock, ZoneId zone, TemplateLimits limits) {
  public TemplateOptions {
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(zone, "zone");
    Objects.requireNonNull(limits, "limits");
  }

  /** The system's clock and time zone, and the default limits. */
  public static TemplateOptions defaults() {
    return new TemplateOptions(
        InstantSource.system(), ZoneId.systemDefault(), TemplateLimits.DEFAULT);
  }

  /** The same options with another clock and zone. */
  public TemplateOptions withTime(InstantSource newClock, ZoneId newZone) {
    return new TemplateOptions(newClock, newZone, limits);
  }

  /** The same options with other limits. */
  public TemplateOptions withLimits(TemplateLimits newLimits) {
    return new TemplateOptions(clock, zone, newLimits);
  }
}
