package dev.flyball.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.server.FlyballServer;
import dev.flyball.server.ServerConfig;
import dev.flyball.server.support.RawClient;
import dev.flyball.server.support.ScriptedEngines;
import dev.flyball.server.support.TestServer;
import dev.flyball.server.support.TestServer.Answer;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AccessTest {
  @TempDir Path folder;

  private static int statusWith(TestServer server, String path, String... headers) {
    return server.send(server.request(path).headers(headers).GET().build()).status();
  }

  @Test
  void withKeysEverythingButHealthNeedsOne() {
    try (TestServer server =
        TestServer.start(
            folder, config -> config.withApiKeys(List.of("first-key", "second-key")), "greeting")) {
      assertThat(server.get("/health").status()).isEqualTo(200);
      for (String path : List.of("/v1/models", "/metrics", "/nowhere")) {
        Answer answer = server.get(path);
        assertThat(answer.status()).as(path).isEqualTo(401);
        assertThat(answer.errorCode()).isEqualTo("invalid_api_key");
      }
      assertThat(statusWith(server, "/v1/models", "Authorization", "Bearer first-key"))
          .isEqualTo(200);
      assertThat(statusWith(server, "/v1/models", "Authorization", "bearer second-key"))
          .isEqualTo(200);
      for (String wrong :
          List.of("Bearer first-ke", "Bearer first-keyy", "first-key", "Basic x", "Bearer")) {
        assertThat(statusWith(server, "/v1/models", "Authorization", wrong))
            .as(wrong)
            .isEqualTo(401);
      }
    }
  }

  @Test
  void theAdminKeyOpensAllAndOthersNotWhatIsForAdministrators() {
    try (TestServer server =
        TestServer.start(
            folder,
            config -> config.withApiKeys(List.of("a-key")).withAdminKey("the-key"),
            "greeting")) {
      assertThat(statusWith(server, "/admin/requests", "Authorization", "Bearer the-key"))
          .isEqualTo(200);
      assertThat(statusWith(server, "/admin/requests", "Authorization", "Bearer a-key"))
          .isEqualTo(403);
      assertThat(server.get("/admin/requests").status()).isEqualTo(401);
      assertThat(statusWith(server, "/v1/models", "Authorization", "Bearer the-key"))
          .isEqualTo(200);
    }
    try (TestServer server =
        TestServer.start(folder, config -> config.withAdminKey("the-key"), "greeting")) {
      assertThat(server.get("/v1/models").status()).isEqualTo(200);
      assertThat(server.get("/admin/requests").errorCode()).isEqualTo("invalid_api_key");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  void anotherAddressWithoutAKeyIsRefusedAtStart(String host) {
    ServerConfig config = ServerConfig.defaults().withPort(0).withHost(host);
    assertThatThrownBy(() -> FlyballServer.start(config, new ScriptedEngines()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("FLYBALL_API_KEYS");
    try (FlyballServer server =
        FlyballServer.start(config.withApiKeys(List.of("key")), new ScriptedEngines())) {
      assertThat(server.port()).isPositive();
    }
  }

  @Test
  void aPortThatIsTakenIsAClearError() {
    try (TestServer server = TestServer.start(folder, "greeting")) {
      ServerConfig config = ServerConfig.defaults().withPort(server.port());
      assertThatThrownBy(() -> FlyballServer.start(config, new ScriptedEngines()))
          .hasMessageContaining("port " + server.port());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, 200",
    "LOCALHOST:8080, 200",
    "app.localhost, 200",
    "127.0.0.1:1, 200",
    "127.9.9.9, 200",
    "[::1]:80, 200",
    "evil.example, 403",
    "localhost.evil.example, 403",
    "127.0.0.1.evil.example, 403",
    "[::2], 403",
    "192.168.0.1, 403",
    "'', 403"
  })
  void withoutKeysOnlyNamesOfThisMachineAreAnswered(String host, int status) {
    try (TestServer server = TestServer.start(folder, "greeting");
        RawClient client = new RawClient(server.port())) {
      client.send("GET /health HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
      assertThat(client.readToEnd()).startsWith("HTTP/1.1 " + status);
    }
  }

  @Test
  void webPagesOfOtherOriginsAreKeptOutUnlessNamed() {
    try (TestServer server = TestServer.start(folder, "greeting")) {
      assertThat(statusWith(server, "/health", "Origin", "https://evil.example")).isEqualTo(403);
      assertThat(statusWith(server, "/health", "Origin", "null")).isEqualTo(403);
      assertThat(statusWith(server, "/health", "Origin", "http://localhost:3000")).isEqualTo(200);
    }
    try (TestServer server =
        TestServer.start(
            folder,
            config -> config.withCorsOrigins(List.of("https://good.example")),
            "greeting")) {
      Answer preflight =
          server.send(
              server
                  .request("/v1/chat/completions")
                  .headers(
                      "Origin",
                      "https://good.example",
                      "Access-Control-Request-Headers",
                      "content-type")
                  .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                  .build());
      assertThat(preflight.status()).isEqualTo(204);
      assertThat(preflight.header("access-control-allow-origin")).isEqualTo("https://good.example");
      assertThat(preflight.header("access-control-allow-headers")).isEqualTo("content-type");
      assertThat(statusWith(server, "/health", "Origin", "https://evil.example")).isEqualTo(403);
    }
  }
}
