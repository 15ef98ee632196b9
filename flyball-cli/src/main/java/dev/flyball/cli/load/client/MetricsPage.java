package dev.flyball.cli.load.client;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Values of a page in Prometheus' text format. Those of several rows of a name, such as one for
 * each model, are added up.
 */
public final class MetricsPage {
  private static final Pattern ROW =
      Pattern.compile("([A-Za-z_:][A-Za-z0-9_:]*)(?:\\{.*\\})?\\s+(\\S+)(?:\\s+-?\\d+)?");

  private final List<Row> rows;

  private record Row(String name, double value) {}

  private MetricsPage(List<Row> rows) {
    this.rows = rows;
  }

  /** Reads a page; lines that cannot be read are left out. */
  public static MetricsPage parse(String text) {
    return new MetricsPage(text.lines().map(ROW::matcher).flatMap(MetricsPage::row).toList());
  }

  private static Stream<Row> row(Matcher line) {
    if (!line.matches()) {
      return Stream.empty();
    }
    try {
      double value = Double.parseDouble(line.group(2));
      return Double.isFinite(value) ? Stream.of(new Row(line.group(1), value)) : Stream.empty();
    } catch (NumberFormatException noNumber) {
      return Stream.empty();
    }
  }

  /** The value of the first of some names that the page has. */
  public OptionalDouble value(String... names) {
    for (String name : names) {
      double[] values =
          rows.stream().filter(row -> row.name().equals(name)).mapToDouble(Row::value).toArray();
      if (values.length > 0) {
        return OptionalDouble.of(Arrays.stream(values).sum());
      }
    }
    return OptionalDouble.empty();
  }
}
