package dev.flyball.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.server.support.Await;
import dev.flyball.server.support.RawClient;
import dev.flyball.server.support.ScriptedEngine;
import dev.flyball.server.support.TestServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that goes away stops its work; so does one that does not read. */
final class ClientGoneTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClientThatClosesItsSocketCancelsItsGenerations(boolean stream) {
    try (TestServer server = TestServer.start(folder, "endless")) {
      server.server().registry(); // nothing is loaded before the first request
      RawClient client = new RawClient(server.port());
      client.send(
          RawClient.post(
              "/v1/completions",
              "{\"prompt\":\"x\",\"max_tokens\":999999,\"n\":2,\"stream\":" + stream + "}"));
      Await.until("tokens flow", () -> server.engines().loads() == 1 && tokens(server) > 10);
      ScriptedEngine engine = server.engine("endless");
      client.close();
      Await.until("both choices are over", () -> engine.inWork() == 0);
      assertThat(engine.cancelled()).isEqualTo(2);
      Await.until("the model is given back", () -> users(server) == 0);
    }
  }

  private static long tokens(TestServer server) {
    return users(server) == 0 ? 0 : server.engine("endless").tokens();
  }

  private static int users(TestServer server) {
    return server.server().registry().status().stream()
        .filter(status -> status.engine().isPresent())
        .mapToInt(status -> status.users())
        .sum();
  }

  @Test
  void aClientThatDoesNotReadIsCutOffBeforeMuchWaitsForIt() {
    try (TestServer server = TestServer.start(folder, "flood")) {
      RawClient client = new RawClient(server.port());
      client.send(
          RawClient.post(
              "/v1/completions", "{\"prompt\":\"x\",\"max_tokens\":999999,\"stream\":true}"));
      client.readUntil("data: ");
      ScriptedEngine engine = server.engine("flood");
      Await.until("the generation is cancelled", () -> engine.inWork() == 0);
      assertThat(engine.cancelled()).isEqualTo(1);
      client.close();
    }
  }
}
