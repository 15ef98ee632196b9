package dev.flyball.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.server.support.RawClient;
import dev.flyball.server.support.TestServer;
import dev.flyball.server.support.TestServer.Answer;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** What the transport answers to requests that are too large, too slow, or none at all. */
@TestInstance(Lifecycle.PER_CLASS)
final class HttpLimitsTest {
  private static final int FEW = 8;

  @TempDir static Path folder;

  private TestServer server;
  private TestServer roomy;

  @BeforeAll
  void start() {
    server = TestServer.start(folder, config -> config.withHttp(small(64)), "greeting");
    roomy = TestServer.start(folder, "greeting");
  }

  @AfterAll
  void stop() {
    server.close();
    roomy.close();
  }

  private static HttpLimits small(int maxConnections) {
    return new HttpLimits(
        2048,
        1024,
        256,
        maxConnections,
        100,
        Duration.ofMillis(600),
        Duration.ofMillis(600),
        Duration.ofSeconds(5),
        Duration.ofMillis(200),
        1 << 20);
  }

  private String exchange(String request) {
    try (RawClient client = new RawClient(server.port())) {
      return client.send(request).readToEnd();
    }
  }

  @Test
  void aBodyThatIsAnnouncedTooLongIsRefusedUnread() {
    String answer =
        exchange(
            "POST /tokenize HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n{");
    assertThat(answer).startsWith("HTTP/1.1 413 ").contains("request_too_large");
  }

  @Test
  void aChunkedBodyIsRefusedWhenItGrowsTooLong() {
    String chunk = "400\r\n" + "x".repeat(0x400) + "\r\n";
    String answer =
        exchange(
            "POST /tokenize HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                + chunk.repeat(3));
    assertThat(answer).startsWith("HTTP/1.1 413 ").contains("request_too_large");
  }

  @Test
  void aBodyThatIsEncodedIsRefusedWithWhatToDo() {
    TestServer.Answer answer =
        server.send(
            server
                .request("/tokenize")
                .header("content-encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofString("{\"content\":\"x\"}"))
                .build());
    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.errorCode()).isEqualTo("unsupported_content_encoding");
  }

  @Test
  void aSilentStreamIsKeptAliveByComments() {
    try (TestServer slow = TestServer.start(folder, config -> config.withHttp(small(64)), "slow");
        RawClient client = new RawClient(slow.port())) {
      client.send(
          RawClient.post(
              "/v1/chat/completions",
              "{\"model\":\"slow\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"stream\":true}"));
      assertThat(client.readUntil("[DONE]")).contains(": keep-alive\n\n", "yes");
    }
  }

  @Test
  void aBodyOfExactlyTheLimitIsTaken() {
    String frame = "{\"content\":\"\"}";
    String body = frame.replace("\"\"", "\"" + "x".repeat(2048 - frame.length()) + "\"");
    assertThat(body).hasSize(2048);
    assertThat(server.post("/tokenize", body).status()).isEqualTo(200);
    assertThat(server.post("/tokenize", body + " ").status()).isEqualTo(413);
  }

  @Test
  void headersAndTheRequestLineAreLimited() {
    assertThat(
            exchange(
                "GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + "y".repeat(2000) + "\r\n\r\n"))
        .startsWith("HTTP/1.")
        .contains(" 431 ")
        .contains("headers_too_large");
    assertThat(exchange("GET /" + "y".repeat(2000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.")
        .contains(" 414 ")
        .contains("uri_too_long");
  }

  @Test
  void whatIsNoHttpIsAnsweredAndClosed() {
    assertThat(exchange("HELO there\r\n\r\n")).contains(" 400 Bad Request");
    assertThat(exchange("GET /health HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(exchange("GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
    assertThat(exchange("POST /tokenize HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
  }

  @Test
  void askingForAnotherProtocolOrMethodDoesNoHarm() {
    assertThat(
            exchange(
                """
                GET /health HTTP/1.1\r
                Host: localhost\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Key: x3JJHMbDL1EzLkh9GBhXDw==\r
                Sec-WebSocket-Version: 13\r
                \r
                """))
        .startsWith("HTTP/1.1 ")
        .doesNotStartWith("HTTP/1.1 5");
    assertThat(exchange("TRACE /health HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 405 ");
    assertThat(exchange("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).contains(" 501 ");
  }

  @Test
  void aHeadThatDribblesIsCutOff() {
    assertThat(exchange("GET /health HTTP/1.1\r\nHost: loc")).isEmpty();
  }

  @Test
  void aBodyThatDoesNotComeIsTimedOut() {
    assertThat(
            exchange("POST /tokenize HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"))
        .startsWith("HTTP/1.1 408 ")
        .contains("request_timeout");
  }

  @Test
  void pipelinedRequestsAreAnsweredInOrder() {
    try (RawClient client = new RawClient(server.port())) {
      client.send(
          RawClient.post("/tokenize", "{\"content\":\"a\"}")
              + RawClient.post("/tokenize", "{\"content\":\"b\"}"));
      assertThat(client.readUntil("[98]")).contains("[97]");
    }
  }

  @Test
  void expectContinueIsAnsweredBeforeTheBody() {
    try (RawClient client = new RawClient(server.port())) {
      client.send(
          "POST /tokenize HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 15\r\n\r\n");
      client.readUntil("100 Continue");
      client.send("{\"content\":\"a\"}");
      assertThat(client.readUntil("[97]")).contains("200 OK");
    }
  }

  @Test
  void oneConnectionTooManyIsClosed() {
    List<RawClient> clients = new ArrayList<>();
    try (TestServer narrow =
        TestServer.start(folder, config -> config.withHttp(small(FEW)), "greeting")) {
      for (int i = 0; i < FEW; i++) {
        clients.add(new RawClient(narrow.port()));
      }
      try (RawClient oneMore = new RawClient(narrow.port())) {
        assertThat(oneMore.readToEnd()).isEmpty();
      }
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  @Test
  void unknownPathsAndWrongMethodsAreErrorObjects() {
    Answer unknown = roomy.get("/v1/nothing");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.errorCode()).isEqualTo("unknown_url");
    assertThat(unknown.json().at("/error").has("param")).isTrue();
    Answer wrong = roomy.get("/v1/chat/completions");
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(wrong.header("allow")).isEqualTo("POST, OPTIONS");
    assertThat(roomy.post("/health", "{}").header("allow")).isEqualTo("GET, HEAD, OPTIONS");
    assertThat(exchange("GET /v1/models/%zz HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ");
  }

  @Test
  void headIsGetWithoutABodyAndOptionsNamesTheMethods() {
    Answer head =
        roomy.send(
            roomy.request("/health").method("HEAD", HttpRequest.BodyPublishers.noBody()).build());
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("content-length")).isEqualTo("15");
    Answer options =
        roomy.send(
            roomy
                .request("/v1/completions")
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .build());
    assertThat(options.status()).isEqualTo(204);
    assertThat(options.header("allow")).isEqualTo("POST, OPTIONS");
    assertThat(options.header("access-control-allow-origin")).isEmpty();
  }
}
