package dev.flyball.cli.load.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.cli.console.CommandFailure;
import dev.flyball.cli.load.measure.LoadReport;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

class ReportTest {
  @TempDir Path folder;

  @Test
  void reportIsTheSameAfterWritingAndReading() throws IOException {
    LoadReport report = SampleReports.report("a", 3, 1, 2, 4);
    Path file = Files.writeString(folder.resolve("a.json"), ReportJson.write(report));

    assertThat(ReportJson.read(file)).isEqualTo(report);
  }

  @Test
  void damagedReportIsRefusedByName() throws IOException {
    String json = ReportJson.write(SampleReports.report("a", 3, 1));
    long seed = System.nanoTime();
    System.out.println("ReportTest seed " + seed);
    Random random = new Random(seed);
    Path file = folder.resolve("fuzzed.json");
    int refused = 0;
    for (int round = 0; round < 60; round++) {
      StringBuilder damaged = new StringBuilder(json);
      int at = random.nextInt(json.length());
      damaged.replace(at, Math.min(json.length(), at + 1 + random.nextInt(40)), "");
      Files.writeString(file, damaged);
      try {
        assertThat(HtmlReport.page(List.of(ReportJson.read(file)))).contains("</html>");
      } catch (CommandFailure failure) {
        assertThat(failure).hasMessageContaining("fuzzed.json");
        refused++;
      }
    }
    assertThat(refused).isPositive();
    Files.writeString(file, "{\"format\": 99}");
    assertThatThrownBy(() -> ReportJson.read(file)).hasMessageContaining("format");
  }

  @Test
  void pageIsWellFormedAndNeedsNothingElse() throws Exception {
    String label = "<b>&\"' \u0001 \ud83e\udd8a";
    String page =
        HtmlReport.page(
            List.of(
                SampleReports.report(label, 1, 1, 2, 4), SampleReports.report("other", 2, 1, 2)));

    Document document = parse(page);
    assertThat(page).doesNotContain("<script", "<link", "<img", "@import", "url(");
    assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("https://");
    assertThat(texts(document, "h2")).contains("Side by side", "<b>&\"' ? \ud83e\udd8a", "other");
    assertThat(texts(document, "h3"))
        .contains("Goodput over load, chat", "Time to first token", "Requests a second");
    assertThat(document.getElementsByTagName("svg").getLength()).isGreaterThan(20);
    for (Element element : elements(document, "circle")) {
      assertThat(Double.parseDouble(element.getAttribute("cx"))).isBetween(0.0, 560.0);
      assertThat(Double.parseDouble(element.getAttribute("cy"))).isBetween(0.0, 300.0);
    }
    assertThat(page).doesNotContain("NaN").doesNotContain("Infinity");
  }

  @Test
  void pageOfARunWithoutAnyAnswerIsWellFormedToo() throws Exception {
    LoadReport empty = SampleReports.empty();

    Document document = parse(HtmlReport.page(List.of(empty)));

    assertThat(texts(document, "h2")).containsExactly("empty");
  }

  @Test
  void curveGoesThroughTheRatesAndGoodShares() throws Exception {
    LoadReport report = SampleReports.report("a", 7, 1, 2, 4);
    Comparison comparison = Comparison.of(List.of(report));

    Plot goodput = ComparisonPlots.overLoad(comparison).getFirst();

    assertThat(goodput.title()).isEqualTo("Goodput over load, all");
    Series curve = goodput.series().get(1);
    assertThat(curve.points().stream().map(Series.Point::x)).containsExactly(1.0, 2.0, 4.0);
    for (int i = 0; i < 3; i++) {
      double share = report.runs().get(i).all().goodput().share();
      assertThat(curve.points().get(i).y())
          .isCloseTo(share * curve.points().get(i).x(), within(1e-9));
    }
  }

  @Test
  void repetitionsOfOneLabelAndRateGiveTheirMedian() {
    List<LoadReport> reports =
        Stream.of(11L, 12L, 13L).map(seed -> SampleReports.report("a", seed, 2)).toList();

    Comparison comparison = Comparison.of(reports);

    List<Comparison.Row> rows = comparison.of("a", "chat");
    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst().runs()).isEqualTo(3);
    double[] p99 =
        reports.stream()
            .mapToDouble(r -> r.runs().getFirst().classes().getFirst().ttft().p99Ms())
            .sorted()
            .toArray();
    assertThat(rows.getFirst().ttftP99Ms()).isEqualTo(p99[1]);
  }

  @ParameterizedTest
  @CsvSource({"0", "0.3", "1", "7", "99", "1000", "123456", "0.00042"})
  void linearAxisHoldsItsValuesAndHasAFewTicks(double top) {
    Axis axis = Axis.linear("x", DoubleStream.of(0, top), Axis::number);

    assertThat(axis.max()).isGreaterThanOrEqualTo(top);
    assertThat(axis.ticks()).hasSizeBetween(2, 9).isSorted();
    assertThat(axis.position(0)).isZero();
    assertThat(axis.position(axis.max())).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "0.3, 7", "5, 5000", "0.001, 1000000", "9.99, 10.01"})
  void logarithmicAxisHoldsItsValuesAndHasAFewTicks(double low, double high) {
    Axis axis = Axis.logarithmic("x", DoubleStream.of(low, high), Axis::number);

    assertThat(axis.min()).isLessThanOrEqualTo(low);
    assertThat(axis.max()).isGreaterThanOrEqualTo(high * 0.9999);
    assertThat(axis.ticks()).hasSizeBetween(2, 12).isSorted();
    assertThat(axis.position(Math.sqrt(axis.min() * axis.max()))).isCloseTo(0.5, within(1e-9));
    assertThat(axis.position(0)).isZero();
  }

  @Test
  void browserShowsThePage() throws IOException, InterruptedException {
    Optional<Path> chromium =
        Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    Assumptions.assumeTrue(chromium.isPresent(), "no chromium on this machine");
    Path page = folder.resolve("page.html");
    Files.writeString(page, HtmlReport.page(List.of(SampleReports.report("a", 1, 1, 2))));
    Path dump = folder.resolve("dump");
    Process browser =
        new ProcessBuilder(
                chromium.get().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--user-data-dir=" + folder.resolve("profile"),
                "--dump-dom",
                page.toUri().toString())
            .redirectOutput(dump.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      assertThat(browser.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      browser.destroyForcibly();
    }

    assertThat(dump).content().contains("<svg").contains("Goodput over load");
  }

  private static Document parse(String page)
      throws ParserConfigurationException, SAXException, IOException {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    return factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Element> elements(Document document, String tag) {
    NodeList found = document.getElementsByTagName(tag);
    return Stream.iterate(0, i -> i < found.getLength(), i -> i + 1)
        .map(i -> (Element) found.item(i))
        .toList();
  }

  private static List<String> texts(Document document, String tag) {
    return elements(document, tag).stream().map(Element::getTextContent).toList();
  }
}
