package dev.flyball.engine.template;

import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/**
 * Writes a time by the directives of C's {@code strftime} in its "C" locale, with the GNU flags
 * {@code -} (no padding), {@code _} (blanks), {@code 0} (zeros) and {@code ^} (upper case). The
 * time zone writes nothing, as the time that templates see has none in the reference either.
 */
final class Strftime {
  private static final Locale LOCALE = Locale.ENGLISH;

  private final ZonedDateTime time;

  private Strftime(ZonedDateTime time) {
    this.time = time;
  }

  static String format(ZonedDateTime time, String format) {
    Strftime strftime = new Strftime(time);
    StringBuilder text = new StringBuilder();
    int position = 0;
    while (position < format.length()) {
      char next = format.charAt(position++);
      if (next != '%' || position == format.length()) {
        text.append(next);
        continue;
      }
      boolean flagged = "-_0^".indexOf(format.charAt(position)) >= 0;
      char flag = flagged ? format.charAt(position++) : ' ';
      if (position == format.length()) {
        return text.append('%').append(flag).toString();
      }
      text.append(strftime.directive(format.charAt(position++), flag));
    }
    return text.toString();
  }

  private String directive(char directive, char flag) {
    String text =
        switch (directive) {
          case 'e' -> number(time.getDayOfMonth(), 2, flag == ' ' ? '_' : flag);
          case 'k' -> number(time.getHour(), 2, flag == ' ' ? '_' : flag);
          case 'l' -> number(hourOfHalfDay(), 2, flag == ' ' ? '_' : flag);
          case 'd' -> number(time.getDayOfMonth(), 2, flag);
          case 'm' -> number(time.getMonthValue(), 2, flag);
          case 'H' -> number(time.getHour(), 2, flag);
          case 'I' -> number(hourOfHalfDay(), 2, flag);
          case 'M' -> number(time.getMinute(), 2, flag);
          case 'S' -> number(time.getSecond(), 2, flag);
          case 'j' -> number(time.getDayOfYear(), 3, flag);
          case 'y' -> number(Math.floorMod(time.getYear(), 100), 2, flag);
          case 'C' -> number(Math.floorDiv(time.getYear(), 100), 2, flag);
          case 'V' -> number(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, flag);
          case 'U' -> number((time.getDayOfYear() + 6 - sundayWeekday()) / 7, 2, flag);
          case 'W' -> number((time.getDayOfYear() + 6 - mondayWeekday()) / 7, 2, flag);
          default -> textDirective(directive, flag);
        };
    return flag == '^' ? text.toUpperCase(LOCALE) : text;
  }

  private String textDirective(char directive, char flag) {
    return switch (directive) {
      case 'Y' -> Integer.toString(time.getYear());
      case 'G' -> Integer.toString(time.get(IsoFields.WEEK_BASED_YEAR));
      case 'u' -> Integer.toString(time.getDayOfWeek().getValue());
      case 'w' -> Integer.toString(sundayWeekday());
      case 'B' -> time.getMonth().getDisplayName(TextStyle.FULL, LOCALE);
      case 'b', 'h' -> time.getMonth().getDisplayName(TextStyle.FULL, LOCALE).substring(0, 3);
      case 'A' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, LOCALE);
      case 'a' -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, LOCALE).substring(0, 3);
      case 'p' -> time.getHour() < 12 ? "AM" : "PM";
      case 'P' -> time.getHour() < 12 ? "am" : "pm";
      case 'f' -> "%06d".formatted(time.get(ChronoField.MICRO_OF_SECOND));
      case 's' -> Long.toString(time.toEpochSecond());
      case 'z', 'Z' -> "";
      case 'F' -> format(time, "%Y-%m-%d");
      case 'T', 'X' -> format(time, "%H:%M:%S");
      case 'R' -> format(time, "%H:%M");
      case 'D', 'x' -> format(time, "%m/%d/%y");
      case 'r' -> format(time, "%I:%M:%S %p");
      case 'c' -> format(time, "%a %b %e %H:%M:%S %Y");
      case 'n' -> "\n";
      case 't' -> "\t";
      case '%' -> "%";
      default -> "%" + (flag == ' ' ? "" : flag) + directive;
    };
  }

  private int hourOfHalfDay() {
    return time.getHour() % 12 == 0 ? 12 : time.getHour() % 12;
  }

  private int mondayWeekday() {
    return time.getDayOfWeek().getValue() - 1;
  }

  private int sundayWeekday() {
    return time.getDayOfWeek().getValue() % 7;
  }

  private static String number(int number, int width, char flag) {
    return switch (flag) {
      case '-' -> Integer.toString(number);
      case '_' -> (" ".repeat(width) + number).substring(Integer.toString(number).length());
      default -> String.format(LOCALE, "%0" + width + "d", number);
    };
  }
}
