package dev.flyball.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.cli.load.StubServer;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.LocalEngines;
import dev.flyball.server.FlyballServer;
import dev.flyball.server.ServerConfig;
import dev.flyball.server.models.ModelSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code flyball load} against our server with the demo model, and against servers that fail. */
class LoadCommandTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String SMALL = "100% in=20-60 out=4-9";

  @TempDir Path home;

  @Test
  void mixAgainstOurServerHasTheLengthsAndTheTokensOfItsAccount() throws IOException {
    String mix = "70% in=20-60 out=4-9 name=chat; 30% in=150-200 out=4-9 name=document";
    try (FlyballServer server = demoServer()) {
      JsonNode run =
          load(server.uri(), "--mix", mix, "--rate", "20", "--max-requests", "30")
              .path("runs")
              .path(0);

      JsonNode all = run.path("all");
      assertThat(all.path("arrived").asInt()).isEqualTo(30);
      assertThat(all.path("answered").asInt()).as(all.toPrettyString()).isEqualTo(30);
      assertThat(run.path("classes")).hasSize(2);
      assertThat(run.at("/prompt_lengths/max_deviation_tokens").asInt(-1)).isZero();
      assertThat(run.at("/token_account/exact").asBoolean()).isTrue();
      assertThat(all.at("/tokens/output").asInt()).isBetween(30 * 4, 30 * 9);
      assertThat(all.at("/ttft/count").asInt()).isEqualTo(30);
      assertThat(all.at("/e2e/p50_ms").asDouble())
          .isGreaterThanOrEqualTo(all.at("/ttft/p50_ms").asDouble());
      assertThat(run.path("server_samples").path(0).at("/values/running").isNumber()).isTrue();
    }
  }

  @Test
  void completionsAndClosedLoopAndTraceWorkTogether() throws IOException {
    Path trace =
        Files.writeString(
            home.resolve("trace.jsonl"),
            """
            {"timestamp": 0, "input_length": 1100, "output_length": 50, "hash_ids": [0, 1, 2]}
            {"timestamp": 60000, "input_length": 1100, "output_length": 50, "hash_ids": [0, 1, 3]}
            {"timestamp": 90000, "input_length": 99, "output_length": 50, "hash_ids": [4]}
            """);
    try (FlyballServer server = demoServer()) {
      JsonNode report =
          load(
              server.uri(),
              "--api",
              "completions",
              "--trace",
              trace.toString(),
              "--length-scale",
              "0.1",
              "--split",
              "50",
              "--concurrency",
              "2");

      JsonNode run = report.path("runs").path(0);
      assertThat(report.path("pace").asText()).isEqualTo("closed loop of 2");
      assertThat(run.at("/all/answered").asInt()).isEqualTo(3);
      assertThat(run.at("/all/tokens/prompt").asInt()).isEqualTo(110 + 110 + 10);
      assertThat(run.at("/all/tokens/output").asInt()).isEqualTo(15);
      assertThat(run.path("classes").path(0).path("name").asText()).isEqualTo("short");
      assertThat(run.path("classes").path(0).path("answered").asInt()).isEqualTo(1);
    }
  }

  @Test
  void failuresAreCountedByTheirKinds() throws IOException {
    StubServer.Behaviour failing =
        (number, exchange, body) -> {
          switch (number) {
            case 0 -> {
              exchange.getResponseHeaders().set("Retry-After", "7");
              StubServer.send(exchange, 429, "{\"error\":{\"message\":\"queue full\"}}");
            }
            case 1 -> StubServer.send(exchange, 503, "loading");
            case 2 -> {
              exchange.sendResponseHeaders(200, 0);
              StubServer.event(
                  exchange.getResponseBody(), "{\"choices\":[{\"delta\":{\"content\":\"a\"}}]}");
            }
            case 3 -> {
              exchange.sendResponseHeaders(200, 0);
              StubServer.event(exchange.getResponseBody(), "{\"error\":{\"message\":\"broke\"}}");
            }
            case 4 -> StubServer.stream(exchange, body, 3, Duration.ofSeconds(20), Duration.ZERO);
            default -> StubServer.stream(exchange, body, 3, Duration.ZERO, Duration.ZERO);
          }
        };
    try (StubServer server = StubServer.start(failing)) {
      JsonNode all =
          load(
                  server.uri(),
                  "--mix",
                  SMALL,
                  "--concurrency",
                  "1",
                  "--max-requests",
                  "7",
                  "--timeout",
                  "1s")
              .path("runs")
              .path(0)
              .path("all");

      assertThat(all.path("failures"))
          .isEqualTo(
              MAPPER.readTree(
                  "{\"rate_limited\":1,\"server_error\":1,\"cut\":1,\"stream_error\":1,\"timeout\":1}"));
      assertThat(all.path("answered").asInt()).isEqualTo(2);
      assertThat(all.at("/retry_after/max_seconds").asInt()).isEqualTo(7);
      assertThat(all.at("/failure_examples/rate_limited").asText()).contains("queue full");
      assertThat(all.at("/tokens/cached").asInt()).isEqualTo(4);
    }
  }

  /** A server that stalls for a while delays all that arrives meanwhile, and the report says so. */
  @Test
  void timesCountFromTheIntendedArrivalAndArrivalsDoNotWait() throws IOException {
    StubServer.Behaviour stalling =
        (number, exchange, body) ->
            StubServer.stream(exchange, body, 2, Duration.ofMillis(1500), Duration.ZERO);
    try (StubServer server = StubServer.start(stalling)) {
      JsonNode run =
          load(
                  server.uri(),
                  "--mix",
                  SMALL,
                  "--rate",
                  "40",
                  "--max-requests",
                  "50",
                  "--max-in-flight",
                  "5")
              .path("runs")
              .path(0);

      JsonNode all = run.path("all");
      assertThat(all.path("arrived").asInt()).isEqualTo(50);
      assertThat(all.path("dropped").asInt() + all.path("answered").asInt()).isEqualTo(50);
      assertThat(all.path("answered").asInt()).isEqualTo(server.streams()).isBetween(5, 20);
      assertThat(all.at("/ttft/p50_ms").asDouble()).isGreaterThanOrEqualTo(1500);
      assertThat(run.path("timeline").findValuesAsText("in_flight_max")).contains("5");
      assertThat(all.at("/goodput/share").asDouble())
          .isCloseTo(all.path("answered").asInt() / 50.0, within(0.001));
    }
  }

  @Test
  void missedGoalsMakeNoGoodput() throws IOException {
    StubServer.Behaviour slow =
        (number, exchange, body) ->
            StubServer.stream(
                exchange, body, 4, Duration.ofMillis(number < 3 ? 300 : 0), Duration.ofMillis(1));
    try (StubServer server = StubServer.start(slow)) {
      JsonNode goodput =
          load(
                  server.uri(),
                  "--concurrency",
                  "1",
                  "--max-requests",
                  "6",
                  "--slo",
                  "ttft=10s; class1: ttft=250ms",
                  "--mix",
                  SMALL)
              .at("/runs/0/classes/0/goodput");

      assertThat(goodput.path("missed").path("ttft").asInt()).isGreaterThanOrEqualTo(3);
      assertThat(goodput.path("good").asInt())
          .isEqualTo(6 - goodput.path("missed").path("ttft").asInt());
    }
  }

  @Test
  void severalRatesMakeACurveAndAPage() throws IOException {
    StubServer.Behaviour quick =
        (number, exchange, body) ->
            StubServer.stream(exchange, body, 3, Duration.ZERO, Duration.ofMillis(1));
    Path page = home.resolve("curve.html");
    try (StubServer server = StubServer.start(quick)) {
      CommandLineRun run =
          run(
              server.uri(),
              "--rate",
              "20,40",
              "--max-requests",
              "10",
              "--pause",
              "0s",
              "--html",
              page.toString());

      assertThat(run.status()).as(run.err()).isZero();
      assertThat(run.out()).contains("offered/s").contains("seed ");
      assertThat(page).content().contains("Goodput over load");
      assertThat(run(server.uri(), "--html", page.toString()).err()).contains("--force");
    }
  }

  @Test
  void whatCannotBeIsRefusedBeforeAnythingIsSent() {
    try (StubServer server = StubServer.start((n, exchange, body) -> {})) {
      for (String[] wrong :
          List.of(
              new String[] {"--mix", "50% in=1 out=1"},
              new String[] {"--rate", "0"},
              new String[] {"--rate", "1", "--concurrency", "2"},
              new String[] {"--slo", "nobody: ttft=2s"},
              new String[] {"--header", "nonsense"},
              new String[] {"--duration", "7"},
              new String[] {"--length-scale", "0", "--trace", "x"})) {
        CommandLineRun run = run(server.uri(), wrong);
        assertThat(run.status()).as(String.join(" ", wrong)).isIn(1, 2);
        assertThat(run.err()).startsWith("flyball: ").doesNotContain("fault of flyball");
      }
      assertThat(server.streams()).isZero();
    }
  }

  @Test
  void serverThatIsNotThereIsNamed() {
    CommandLineRun run = run(URI.create("http://127.0.0.1:1"), "--duration", "1s");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).contains("http://127.0.0.1:1").contains("is the server running?");
  }

  @Test
  void endOfTheProcessGivesTheReportSoFar() throws IOException, InterruptedException {
    StubServer.Behaviour slow =
        (number, exchange, body) ->
            StubServer.stream(
                exchange, body, 100, Duration.ZERO, Duration.ofMillis(number == 0 ? 1 : 200));
    try (StubServer server = StubServer.start(slow)) {
      endWhileItLoads(server);
      assertReportOfInterruptedRun();
    }
  }

  /** As where the server is on its way out, too: it takes requests but does not answer any more. */
  @Test
  void endOfTheProcessGivesTheReportThoughTheServerFallsSilent()
      throws IOException, InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    StubServer.Behaviour silent =
        (number, exchange, body) -> {
          exchange.sendResponseHeaders(200, 0);
          awaitQuietly(never);
        };
    try (StubServer server = StubServer.start(silent)) {
      server.answerMetrics(
          number -> {
            if (number > 0) {
              awaitQuietly(never);
            }
            return "vllm:prompt_tokens_total 0\n";
          });
      endWhileItLoads(server);
      assertReportOfInterruptedRun();
    } finally {
      never.countDown();
    }
  }

  @Test
  void endOfTheProcessBeforeTheFirstRequestIsSaid() throws IOException, InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    try (StubServer server = StubServer.start((number, exchange, body) -> {})) {
      server.beforeProbe(
          () -> {
            asked.countDown();
            awaitQuietly(never);
          });
      Process process = startLoad(server);
      try {
        assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      } finally {
        process.destroyForcibly();
        never.countDown();
      }
      assertThat(home.resolve("out")).isEmptyFile();
      assertThat(home.resolve("err")).content().contains("interrupted");
    }
  }

  private void endWhileItLoads(StubServer server) throws IOException, InterruptedException {
    Process process = startLoad(server);
    try {
      awaitStreams(server, process);
      process.destroy();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  private void assertReportOfInterruptedRun() throws IOException {
    JsonNode run = MAPPER.readTree(home.resolve("out").toFile()).path("runs").path(0);
    assertThat(run.path("interrupted").asBoolean()).isTrue();
    assertThat(run.at("/all/failures/cancelled").asInt()).isPositive();
  }

  private Process startLoad(StubServer server) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.flyball.cli.Main",
            "load",
            "--url",
            server.uri().toString(),
            "--rate",
            "10",
            "-o",
            "json")
        .redirectOutput(home.resolve("out").toFile())
        .redirectError(home.resolve("err").toFile())
        .start();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      boolean _ = latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private static void awaitStreams(StubServer server, Process process) throws InterruptedException {
    for (int i = 0; i < 600 && server.streams() < 3 && process.isAlive(); i++) {
      Thread.sleep(50);
    }
    assertThat(server.streams()).isGreaterThanOrEqualTo(3);
  }

  private FlyballServer demoServer() {
    return FlyballServer.start(
        ServerConfig.defaults()
            .withPort(0)
            .withModels(
                ModelSettings.ofFolder(home.resolve("none"))
                    .withFiles(List.of(CommandLineRun.DEMO_MODEL))
                    .withEngine(new EngineOptions(0, 8, 64, 2))),
        new LocalEngines());
  }

  private JsonNode load(URI url, String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("-o", "json", "--seed", "5"));
    CommandLineRun run = run(url, all.toArray(String[]::new));
    assertThat(run.status()).as(run.err()).isZero();
    return MAPPER.readTree(run.out().getBytes(StandardCharsets.UTF_8));
  }

  private CommandLineRun run(URI url, String... options) {
    List<String> arguments = new ArrayList<>(List.of("load", "--url", url.toString()));
    arguments.addAll(List.of(options));
    return CommandLineRun.of(home, Map.of(), "", arguments.toArray(String[]::new));
  }
}
