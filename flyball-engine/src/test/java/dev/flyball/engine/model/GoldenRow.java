package dev.flyball.engine.model;

import java.util.List;

/** One line of the golden table: how often a file agreed with the reference. */
final class GoldenRow {
  private final String file;
  private final double tolerance;
  private int cases;
  private int agreed;
  private double largestDifference;

  GoldenRow(String file, double tolerance) {
    this.file = file;
    this.tolerance = tolerance;
  }

  /** Counts a case that agrees where {@code actual} is within the tolerance everywhere. */
  void compare(float[] actual, float[] expected) {
    double largest = actual.length == expected.length ? 0 : Double.POSITIVE_INFINITY;
    for (int i = 0; i < Math.min(actual.length, expected.length); i++) {
      double difference = Math.abs((double) actual[i] - expected[i]);
      largest = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(largest, difference);
    }
    largestDifference = Math.max(largestDifference, largest);
    count(largest <= tolerance);
  }

  void count(boolean agrees) {
    cases++;
    if (agrees) {
      agreed++;
    }
  }

  boolean allAgreed() {
    return cases > 0 && agreed == cases;
  }

  /** Of several files: how many cases agreed, and with what tolerance. */
  static String summary(List<GoldenRow> rows) {
    double loosest = rows.stream().mapToDouble(row -> row.tolerance).max().orElseThrow();
    return "llama.cpp: %d of %d within %.0e in %d %s"
        .formatted(
            rows.stream().mapToInt(row -> row.agreed).sum(),
            rows.stream().mapToInt(row -> row.cases).sum(),
            loosest,
            rows.size(),
            rows.size() == 1 ? "file" : "files");
  }

  static String heading() {
    return "%-16s %6s %7s %19s".formatted("file", "cases", "agreed", "largest difference");
  }

  @Override
  public String toString() {
    return "%-16s %6d %7d %19.2e".formatted(file, cases, agreed, largestDifference);
  }
}
