package dev.flyball.engine.grammar;

import java.util.Map;
import java.util.Optional;

/**
 * The formats of strings that are enforced, as regular expressions; days are 01 to 31 in any month.
 * Sources: RFC 3339 (dates, times, durations), 4122 (UUIDs), 2673 and 4291 (addresses), 1123 (host
 * names), 5321 (e-mail; quoted names are left out).
 */
final class StringFormats {
  private static final String DATE = "\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])";
  private static final String TIME =
      "([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)";
  private static final String DAY_TIME =
      "T(\\d{1,9}H(\\d{1,9}M(\\d{1,9}S)?)?|\\d{1,9}M(\\d{1,9}S)?|\\d{1,9}S)";
  private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final String IPV4 = "(" + OCTET + "\\.){3}" + OCTET;
  private static final String GROUP = "[0-9a-fA-F]{1,4}";
  private static final String LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
  private static final String HOST = LABEL + "(\\." + LABEL + "){0,3}";

  private static final String QUERY = "[a-zA-Z0-9._~!$&'()*+,;=:@/?-]{0,200}";

  private static final Map<String, String> REGEXES =
      Map.of(
          "uri",
          "[a-zA-Z][a-zA-Z0-9+.-]{0,20}://"
              + HOST
              + "(:\\d{1,5})?(/[a-zA-Z0-9._~%!$&'()*+,;=:@-]{0,200}){0,20}(\\?"
              + QUERY
              + ")?(#"
              + QUERY
              + ")?",
          "date",
          DATE,
          "time",
          TIME,
          "date-time",
          DATE + "T" + TIME,
          "duration",
          "P(\\d{1,9}W|(\\d{1,9}Y(\\d{1,9}M(\\d{1,9}D)?)?|\\d{1,9}M(\\d{1,9}D)?|\\d{1,9}D)("
              + DAY_TIME
              + ")?|"
              + DAY_TIME
              + ")",
          "uuid",
          "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
          "ipv4",
          IPV4,
          "ipv6",
          ipv6(),
          "hostname",
          HOST,
          "email",
          "[a-zA-Z0-9_+-]{1,20}(\\.[a-zA-Z0-9_+-]{1,20}){0,2}@" + HOST);

  private StringFormats() {}

  /** The texts of a format; nothing for a format that is not known, which says nothing then. */
  static Optional<Expression> find(String format) {
    return Optional.ofNullable(REGEXES.get(format)).map(regex -> RegexParser.parse(regex).whole());
  }

  /** Eight groups, or fewer with one gap. */
  private static String ipv6() {
    StringBuilder regex = new StringBuilder("(" + GROUP + ":){7}" + GROUP + "|::");
    for (int before = 0; before <= 7; before++) {
      String start = before == 0 ? ":" : "(" + GROUP + ":){" + before + "}";
      int most = 7 - before;
      if (before > 0) {
        regex.append('|').append(start).append(':');
      }
      if (most > 0) {
        String rest = "(" + GROUP + ":){0," + (most - 1) + "}" + GROUP;
        regex.append('|').append(start).append(':').append(rest);
      }
    }
    return regex.toString();
  }
}
