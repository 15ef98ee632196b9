package dev.flyball.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.server.models.ModelSettings;
import dev.flyball.server.support.Await;
import dev.flyball.server.support.TestServer;
import dev.flyball.server.support.TestServer.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelsTest {
  @TempDir Path folder;

  @Test
  void listsWhatThereIsAndWhatIsLoaded() {
    try (TestServer server = TestServer.start(folder, "one", "two")) {
      server.post("/tokenize", "{\"content\":\"x\",\"model\":\"two\"}");
      Answer answer = server.get("/v1/models");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().at("/object").asText()).isEqualTo("list");
      assertThat(answer.json().at("/data/0/id").asText()).isEqualTo("one");
      assertThat(answer.json().at("/data/0/object").asText()).isEqualTo("model");
      assertThat(answer.json().at("/data/0/flyball/state").asText()).isEqualTo("on_disk");
      assertThat(answer.json().at("/data/1/flyball/state").asText()).isEqualTo("loaded");
      assertThat(answer.json().at("/data/1/flyball/context_length").asInt()).isEqualTo(1000);
    }
  }

  @Test
  void aNameWithSlashAndColonIsFoundPlainAndEncoded() throws IOException {
    Path file = folder.resolve("hub/hf/owner/repo/weights-Q4_0.gguf");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "x");
    ModelSettings models = ModelSettings.ofFolder(folder.resolve("hub"));
    try (TestServer server = TestServer.start(folder, config -> config.withModels(models))) {
      for (String id : new String[] {"owner/repo:Q4_0", "owner%2Frepo%3AQ4_0", "owner/repo"}) {
        Answer answer = server.get("/v1/models/" + id);
        assertThat(answer.json().at("/id").asText()).isEqualTo("owner/repo:Q4_0");
      }
      assertThat(server.get("/v1/models/nobody").status()).isEqualTo(404);
    }
  }

  @Test
  void aModelIsUnloadedAtOnceWhereARequestSaysSo() {
    try (TestServer server = TestServer.start(folder, "one")) {
      server.post("/v1/completions", "{\"prompt\":\"x\",\"keep_alive\":\"5m\"}");
      assertThat(server.get("/v1/models/one").json().at("/flyball/expires_at").asText())
          .startsWith("20");
      server.post("/v1/completions", "{\"prompt\":\"x\",\"keep_alive\":0}");
      Await.until("unloaded", () -> server.engine("one").isClosed());
      assertThat(server.engines().loads()).isEqualTo(1);
    }
  }

  @Test
  void theDefaultModelAnswersRequestsThatNameNone() {
    try (TestServer server =
        TestServer.start(
            folder,
            config -> config.withModels(config.models().withDefaultModel("two")),
            "one",
            "two")) {
      for (String model :
          new String[] {"", "\"model\":\"\",", "\"model\":\"default\",", "\"model\":null,"}) {
        Answer answer = server.post("/v1/completions", "{" + model + "\"prompt\":\"x\"}");
        assertThat(answer.json().at("/model").asText()).isEqualTo("two");
      }
    }
  }

  @Test
  void modelsThatCannotBeLoadedAreErrorsWithTheirOwnCodes() {
    try (TestServer server = TestServer.start(folder, "corrupt", "broken")) {
      Answer corrupt = server.post("/v1/completions", "{\"prompt\":\"x\"}");
      assertThat(corrupt.status()).isEqualTo(500);
      assertThat(corrupt.errorCode()).isEqualTo("model_unreadable");
      Answer broken = server.post("/v1/completions", "{\"prompt\":\"x\",\"model\":\"broken\"}");
      assertThat(broken.status()).isEqualTo(500);
      assertThat(broken.response().body()).doesNotContain("secret");
    }
    try (TestServer server =
        TestServer.start(
            folder,
            config -> config.withModels(config.models().withMemoryLimitBytes(1000)),
            "large")) {
      Answer answer = server.post("/v1/completions", "{\"prompt\":\"x\"}");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.errorCode()).isEqualTo("insufficient_memory");
    }
  }
}
