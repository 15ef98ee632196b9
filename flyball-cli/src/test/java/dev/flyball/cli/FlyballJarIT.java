package dev.flyball.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The finished jar as users run it: {@code java -jar flyball.jar}, without any flag. */
class FlyballJarIT {
  private static final Path JAR =
      Path.of(System.getProperty("flyball.root"), "flyball-cli", "target", "flyball.jar");
  private static final Pattern LISTENING = Pattern.compile("answers at (http://\\S+)/v1");

  @TempDir Path home;

  @Test
  void versionIsSaidWithoutWarning() throws Exception {
    FinishedProcess version = flyball("--version");

    assertThat(version.status()).isZero();
    assertThat(version.out()).startsWith("flyball 0.");
    assertThat(version.err()).isEmpty();
  }

  @Test
  void demoModelInTheJarAnswersWithoutWarning() throws Exception {
    FinishedProcess run = flyball("run", "fable-5m", "-n", "8", "Tell me a story.");

    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out()).isNotBlank();
  }

  @Test
  void chatOverRedirectedInputGivesNoWarning() throws Exception {
    FinishedProcess chat = flyball("chat", "-n", "4");

    assertThat(chat.err()).isEmpty();
    assertThat(chat.status()).isZero();
  }

  @Test
  void serverAnswersAndEndsGracefullyOnTerm() throws Exception {
    FinishedProcess.Running server =
        FinishedProcess.start(
            home, variables("FLYBALL_ACCESS_LOG", "true"), command("serve", "--port", "0"));
    try {
      URI uri = awaitListening(server);

      HttpResponse<String> answer =
          post(
              uri.resolve("/v1/chat/completions"),
              "{\"model\":\"fable-5m\",\"max_tokens\":8,"
                  + "\"messages\":[{\"role\":\"user\",\"content\":\"Tell me a story.\"}]}");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.body()).contains("\"chat.completion\"").contains("\"content\"");
      assertThat(get(uri.resolve("/metrics")).body()).contains("model_name=\"fable-5m\"");
      assertThat(flyball("ps", "--url", uri.toString()).out())
          .contains("fable-5m")
          .contains("loaded");
    } finally {
      server.process().destroy();
    }
    FinishedProcess ended = FinishedProcess.await(server);
    assertThat(ended.status()).isEqualTo(128 + 15);
    assertThat(ended.out()).contains("5 million parameters").contains("curl");
    assertThat(ended.err())
        .contains("POST /v1/chat/completions 200")
        .contains("stopping")
        .doesNotContain("WARN")
        .doesNotContain("rror");
  }

  @Test
  void addressForOthersNeedsAKey() throws Exception {
    FinishedProcess serve = flyball("serve", "--host", "0.0.0.0", "--port", "0");

    assertThat(serve.status()).isEqualTo(2);
    assertThat(serve.err().lines()).hasSize(1);
    assertThat(serve.err()).contains("API key");
  }

  @Test
  void licencesOfEverythingInsideRideInTheJar() throws IOException {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License");
      assertThat(text(jar, "META-INF/NOTICE"))
          .contains("Jackson")
          .contains("Micrometer")
          .doesNotContain("Flyball");
      assertThat(text(jar, "META-INF/licenses/jline.txt")).contains("JLine");
    }
  }

  @Test
  void oldJavaSaysThatItIsTooOld() throws Exception {
    Optional<Path> old = oldJava();
    assumeTrue(old.isPresent(), "no Java older than 25 in /usr/lib/jvm");

    FinishedProcess run =
        FinishedProcess.of(
            home, variables(), List.of(old.orElseThrow().toString(), "-jar", JAR.toString()));

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err().lines()).hasSize(1);
    assertThat(run.err()).contains("needs Java 25");
  }

  private FinishedProcess flyball(String... arguments) throws Exception {
    return FinishedProcess.of(home, variables(), command(arguments));
  }

  private Map<String, String> variables() {
    return Map.of("FLYBALL_HOME", home.resolve("data").toString());
  }

  private Map<String, String> variables(String name, String value) {
    return Map.of("FLYBALL_HOME", home.resolve("data").toString(), name, value);
  }

  private static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-jar", JAR.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static URI awaitListening(FinishedProcess.Running server)
      throws IOException, InterruptedException {
    for (int attempt = 0; attempt < 600 && server.process().isAlive(); attempt++) {
      Matcher matcher = LISTENING.matcher(server.outSoFar());
      if (matcher.find()) {
        return URI.create(matcher.group(1));
      }
      Thread.sleep(100);
    }
    throw new AssertionError("the server does not listen: " + Files.readString(server.err()));
  }

  private static HttpResponse<String> post(URI uri, String body)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          request.timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static String text(JarFile jar, String name) throws IOException {
    try (InputStream in = jar.getInputStream(jar.getEntry(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static Optional<Path> oldJava() throws IOException {
    Path folder = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> homes = Files.list(folder)) {
      return homes
          .filter(home -> home.getFileName().toString().matches("java-(1\\.)?(8|11|17|21)\\b.*"))
          .map(home -> home.resolve("bin/java"))
          .filter(Files::isExecutable)
          .findFirst();
    }
  }
}
