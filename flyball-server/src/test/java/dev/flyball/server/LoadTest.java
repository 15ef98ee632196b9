package dev.flyball.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.engine.EngineOptions;
import dev.flyball.server.support.Await;
import dev.flyball.server.support.TestServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LoadTest {
  @TempDir Path folder;

  private static List<HttpResponse<String>> sendAtOnce(TestServer server, int count, String body) {
    List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sent.add(
          server
              .client()
              .sendAsync(
                  server
                      .request("/v1/completions")
                      .POST(HttpRequest.BodyPublishers.ofString(body))
                      .build(),
                  HttpResponse.BodyHandlers.ofString()));
    }
    return sent.stream().map(CompletableFuture::join).toList();
  }

  @Test
  void aFullQueueIsAnsweredWithRetryAfterAndTheOthersAreServed() {
    try (TestServer server =
        TestServer.start(
            folder,
            config -> config.withModels(config.models().withEngine(new EngineOptions(0, 4, 8, 1))),
            "endless")) {
      List<HttpResponse<String>> answers =
          sendAtOnce(server, 200, "{\"prompt\":\"x\",\"max_tokens\":20}");
      assertThat(answers)
          .allMatch(answer -> answer.statusCode() == 200 || answer.statusCode() == 429);
      assertThat(answers)
          .filteredOn(answer -> answer.statusCode() == 200)
          .hasSizeGreaterThanOrEqualTo(12);
      assertThat(answers)
          .filteredOn(answer -> answer.statusCode() == 429)
          .isNotEmpty()
          .allSatisfy(
              answer -> {
                assertThat(answer.headers().firstValue("retry-after")).isPresent();
                assertThat(answer.body()).contains("queue_full");
              });
      Await.until("all is over", () -> server.engine("endless").inWork() == 0);
      assertThat(server.engines().loads()).isEqualTo(1);
    }
  }

  @Test
  void oneRequestOfSeveralChoicesIsTakenWholeOrNotAtAll() {
    try (TestServer server =
        TestServer.start(
            folder,
            config -> config.withModels(config.models().withEngine(new EngineOptions(0, 1, 2, 1))),
            "endless")) {
      List<HttpResponse<String>> answers =
          sendAtOnce(server, 1, "{\"prompt\":\"x\",\"max_tokens\":5,\"n\":4}");
      assertThat(answers.getFirst().statusCode()).isEqualTo(429);
      Await.until("nothing runs on", () -> server.engine("endless").inWork() == 0);
      assertThat(
              sendAtOnce(server, 1, "{\"prompt\":\"x\",\"max_tokens\":5,\"n\":3}")
                  .getFirst()
                  .statusCode())
          .isEqualTo(200);
    }
  }
}
