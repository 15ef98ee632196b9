package dev.flyball.cli;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A moment and the zone in which its hour is told.
 *
 * @param zone UTC where the text named none: the hour is then shown as it was given
 */
record TemplateTime(Instant instant, ZoneId zone) {
  /** Reads {@code 2026-11-21}, {@code 2026-11-21 09:30}, {@code 2026-11-21T09:30:00+01:00}. */
  static final class Converter implements ITypeConverter<TemplateTime> {
    @Override
    public TemplateTime convert(String text) {
      String iso = text.strip().replace(' ', 'T');
      try {
        if (!iso.contains("T")) {
          return utc(LocalDate.parse(iso).atStartOfDay());
        }
        if (iso.matches(".*T.*(Z|[+-][0-9:]+)")) {
          OffsetDateTime time = OffsetDateTime.parse(iso);
          return new TemplateTime(time.toInstant(), time.getOffset());
        }
        return utc(LocalDateTime.parse(iso));
      } catch (DateTimeParseException malformed) {
        throw new TypeConversionException(
            "'"
                + text
                + "' is no time like 2026-11-21, \"2026-11-21 09:30\" or"
                + " 2026-11-21T09:30:00Z");
      }
    }

    private static TemplateTime utc(LocalDateTime time) {
      return new TemplateTime(time.toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
    }
  }
}
