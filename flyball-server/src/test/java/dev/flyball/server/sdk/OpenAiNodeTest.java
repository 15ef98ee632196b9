package dev.flyball.server.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.server.FlyballServer;
import dev.flyball.server.support.DemoServer;
import dev.flyball.server.support.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The official npm package {@code openai}, unchanged. Skipped where there is no node, or where the
 * package cannot be fetched.
 */
final class OpenAiNodeTest {
  private static final Path MODULE = Path.of(System.getProperty("flyball.root"), "flyball-server");
  private static final Path SOURCES = MODULE.resolve("src/test/node");
  private static final Path WORK = MODULE.resolve("target/node");

  private static final List<String> FILES =
      List.of("package.json", "package-lock.json", "sdk.mjs", "structured.mjs", "tools.mjs");

  /** How a program ended. */
  private record Outcome(int status, String output) {}

  @Test
  void theNodeSdkWorksUnchanged() throws Exception {
    install();
    try (FlyballServer server = DemoServer.start()) {
      assertHolds(8, "sdk.mjs", server.uri() + "/v1", DemoServer.MODEL);
    }
  }

  @Test
  void theNodeSdkReadsCallsOfTools(@TempDir Path folder) throws Exception {
    install();
    try (TestServer server = TestServer.start(folder, "calling")) {
      assertHolds(2, "tools.mjs", server.uri("/v1").toString(), "calling");
    }
  }

  @Test
  void theNodeSdkReadsAnswersInAFormAndForcedCalls() throws Exception {
    install();
    try (FlyballServer server = DemoServer.start()) {
      assertHolds(5, "structured.mjs", server.uri() + "/v1", DemoServer.MODEL);
    }
  }

  private static void install() throws IOException, InterruptedException {
    Assumptions.assumeTrue(succeeds("node", "--version"), "node is not installed");
    Assumptions.assumeTrue(succeeds("npm", "--version"), "npm is not installed");
    Files.createDirectories(WORK);
    for (String file : FILES) {
      Files.copy(SOURCES.resolve(file), WORK.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }
    if (!Files.exists(WORK.resolve("node_modules/openai/package.json"))) {
      Outcome install = run("npm", "ci", "--no-audit", "--no-fund");
      Assumptions.assumeTrue(
          install.status() == 0, "the package openai cannot be fetched: " + install.output());
    }
  }

  private static void assertHolds(int lines, String script, String baseUrl, String model)
      throws IOException, InterruptedException {
    Outcome outcome = run("node", script, baseUrl, model);
    assertThat(outcome.status()).as(outcome.output()).isZero();
    assertThat(outcome.output().lines().filter(line -> line.startsWith("ok "))).hasSize(lines);
  }

  private static boolean succeeds(String... command) throws InterruptedException {
    try {
      return run(command).status() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static Outcome run(String... command) throws IOException, InterruptedException {
    Files.createDirectories(WORK);
    Path output = Files.createTempFile(WORK, "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(WORK.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    return new Outcome(
        process.waitFor(), new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
  }
}
