package dev.flyball.cli.load.report;

import java.util.List;

/**
 * Points of a plot that belong together.
 *
 * @param color which of the colours of the page
 */
record Series(String name, Mark mark, int color, List<Point> points) {
  /** How points are drawn. */
  enum Mark {
    LINE,
    LINE_AND_DOTS,
    STEPS,
    DOTS,
    /** A thin line to compare with. */
    GUIDE
  }

  /** A pair of values. */
  record Point(double x, double y) {}

  Series {
    points = List.copyOf(points);
  }
}
