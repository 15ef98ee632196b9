package dev.flyball.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.server.support.Await;
import dev.flyball.server.support.RawClient;
import dev.flyball.server.support.ScriptedEngine;
import dev.flyball.server.support.TestServer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ShutdownTest {
  private static final String ENDLESS = "{\"prompt\":\"x\",\"max_tokens\":999999,\"stream\":true}";
  private static final String SOME = "{\"prompt\":\"x\",\"max_tokens\":150,\"stream\":true}";

  @TempDir Path folder;

  @Test
  void runningRequestsEndWhileNewOnesAreRefused() throws Exception {
    TestServer server =
        TestServer.start(
            folder, config -> config.withShutdownLimit(Duration.ofSeconds(30)), "endless");
    try (RawClient running = new RawClient(server.port())) {
      running.send(RawClient.post("/v1/completions", SOME)).readUntil("on and");
      Thread closing = Thread.ofVirtual().start(server.server()::close);
      Await.until("stopping", () -> server.get("/health").status() == 503);
      assertThat(server.post("/v1/completions", SOME).errorCode()).isEqualTo("server_stopping");
      assertThat(running.readToEnd()).contains("\"finish_reason\":\"length\"").contains("[DONE]");
      closing.join();
      server.close();
      assertThat(server.engine("endless").cancelled()).isZero();
      assertThat(server.engine("endless").isClosed()).isTrue();
    }
  }

  @Test
  void requestsThatDoNotEndAreCancelledAndTold() {
    TestServer server = TestServer.start(folder, "endless");
    try (RawClient running = new RawClient(server.port())) {
      running.send(RawClient.post("/v1/completions", ENDLESS)).readUntil("on and");
      ScriptedEngine engine = server.engine("endless");
      server.close();
      assertThat(running.readToEnd()).contains("server_stopping").doesNotContain("[DONE]");
      assertThat(engine.isClosed()).isTrue();
      Await.until("nothing runs on", () -> engine.inWork() == 0);
    }
  }
}
