package dev.flyball.cli.load.report;

import dev.flyball.cli.load.report.Series.Point;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A diagram as a figure of HTML: an SVG and, below it, what its colours mean. */
record Plot(String title, Axis x, Axis y, List<Series> series) {
  private static final int WIDTH = 560;
  private static final int HEIGHT = 300;
  private static final int LEFT = 62;
  private static final int RIGHT = 16;
  private static final int TOP = 10;
  private static final int BOTTOM = 44;

  /** Colours that the style of the page has; further series take them again, dashed. */
  static final int COLORS = 7;

  Plot {
    series = List.copyOf(series);
  }

  String html() {
    StringBuilder html = new StringBuilder("<figure><h3>");
    html.append(Markup.escape(title)).append("</h3>\n");
    html.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" xmlns=\"http://www.w3.org/2000/svg\"><title>%s</title>%n"
            .formatted(WIDTH, HEIGHT, Markup.escape(title)));
    appendAxes(html);
    series.forEach(one -> append(html, one));
    html.append("</svg>\n").append(legend()).append("</figure>\n");
    return html.toString();
  }

  private void appendAxes(StringBuilder html) {
    for (double tick : x.ticks()) {
      String at = number(pixelX(tick));
      html.append(line("grid", at, number(TOP), at, number(HEIGHT - BOTTOM)));
      html.append(text("tick middle", at, HEIGHT - BOTTOM + 15, x.text().apply(tick)));
    }
    for (double tick : y.ticks()) {
      String at = number(pixelY(tick));
      html.append(line("grid", number(LEFT), at, number(WIDTH - RIGHT), at));
      html.append(text("tick end", number(LEFT - 6), pixelY(tick) + 4, y.text().apply(tick)));
    }
    html.append(text("label middle", number((LEFT + WIDTH - RIGHT) / 2.0), HEIGHT - 8, x.label()));
    html.append(
        "<text class=\"label middle\" transform=\"translate(13 %s) rotate(-90)\">%s</text>%n"
            .formatted(number((TOP + HEIGHT - BOTTOM) / 2.0), Markup.escape(y.label())));
  }

  private void append(StringBuilder html, Series one) {
    if (one.points().isEmpty()) {
      return;
    }
    String style = style(one);
    switch (one.mark()) {
      case LINE -> html.append(path("line " + style, one.points(), false));
      case STEPS -> html.append(path("line " + style, one.points(), true));
      case GUIDE -> html.append(path("guide", one.points(), false));
      case DOTS -> one.points().forEach(point -> html.append(dot(one, style, point, 2.2)));
      case LINE_AND_DOTS -> {
        html.append(path("line " + style, one.points(), false));
        one.points().forEach(point -> html.append(dot(one, style, point, 4)));
      }
    }
  }

  private String path(String cssClass, List<Point> points, boolean steps) {
    StringBuilder path = new StringBuilder();
    for (Point point : points) {
      String px = number(pixelX(point.x()));
      String py = number(pixelY(point.y()));
      if (path.isEmpty()) {
        path.append('M').append(px).append(' ').append(py);
      } else if (steps) {
        path.append('H').append(px).append('V').append(py);
      } else {
        path.append('L').append(px).append(' ').append(py);
      }
    }
    return "<path class=\"%s\" d=\"%s\"/>%n".formatted(cssClass, path);
  }

  private String dot(Series one, String style, Point point, double radius) {
    String hint = one.name() + ": " + x.text().apply(point.x()) + ", " + y.text().apply(point.y());
    return "<circle class=\"dot %s\" cx=\"%s\" cy=\"%s\" r=\"%s\"><title>%s</title></circle>%n"
        .formatted(
            style,
            number(pixelX(point.x())),
            number(pixelY(point.y())),
            number(radius),
            Markup.escape(hint));
  }

  private String legend() {
    return series.stream()
        .filter(one -> !one.points().isEmpty())
        .map(
            one ->
                "<span class=\"key %s\">%s</span>"
                    .formatted(
                        one.mark() == Series.Mark.GUIDE ? "guide" : style(one),
                        Markup.escape(one.name())))
        .collect(Collectors.joining("\n", "<figcaption>", "</figcaption>\n"));
  }

  private static String style(Series one) {
    return "s" + one.color() % COLORS + (one.color() >= COLORS ? " dashed" : "");
  }

  private double pixelX(double value) {
    return LEFT + x.position(value) * (WIDTH - LEFT - RIGHT);
  }

  private double pixelY(double value) {
    return HEIGHT - BOTTOM - y.position(value) * (HEIGHT - TOP - BOTTOM);
  }

  private static String line(String cssClass, String x1, String y1, String x2, String y2) {
    return "<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>%n"
        .formatted(cssClass, x1, y1, x2, y2);
  }

  private static String text(String cssClass, String x, double y, String content) {
    return "<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>%n"
        .formatted(cssClass, x, number(y), Markup.escape(content));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
