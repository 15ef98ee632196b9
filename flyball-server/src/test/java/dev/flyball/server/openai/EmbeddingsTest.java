package dev.flyball.server.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.server.support.Await;
import dev.flyball.server.support.RawClient;
import dev.flyball.server.support.TestServer;
import dev.flyball.server.support.TestServer.Answer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
final class EmbeddingsTest {
  private static final String PATH = "/v1/embeddings";

  private TestServer server;

  @BeforeAll
  void start(@TempDir Path folder) {
    server = TestServer.start(folder, "greeting", "endless");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void vectorsHaveLengthOneAndTheOrderOfTheTexts() {
    Answer answer = server.post(PATH, "{\"input\":[\"a\",\"bbb\"]}");
    assertThat(answer.status()).isEqualTo(200);
    JsonNode json = answer.json();
    assertThat(json.at("/object").asText()).isEqualTo("list");
    assertThat(json.at("/model").asText()).isEqualTo("greeting");
    assertThat(json.at("/usage/prompt_tokens").asInt()).isEqualTo(2 + 4);
    for (int i = 0; i < 2; i++) {
      assertThat(json.at("/data/" + i + "/index").asInt()).isEqualTo(i);
      double squares = 0;
      for (JsonNode element : json.at("/data/" + i + "/embedding")) {
        squares += element.asDouble() * element.asDouble();
      }
      assertThat(squares).isCloseTo(1, within(1e-6));
    }
    double first = json.at("/data/0/embedding/0").asDouble();
    assertThat(json.at("/data/1/embedding/0").asDouble()).isGreaterThan(first);
  }

  @Test
  void base64HoldsTheSameNumbers() {
    JsonNode numbers = server.post(PATH, "{\"input\":\"abc\"}").json().at("/data/0/embedding");
    String text =
        server
            .post(PATH, "{\"input\":\"abc\",\"encoding_format\":\"base64\"}")
            .json()
            .at("/data/0/embedding")
            .asText();
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.remaining()).isEqualTo(4 * numbers.size());
    for (JsonNode number : numbers) {
      assertThat(bytes.getFloat()).isEqualTo((float) number.asDouble());
    }
  }

  @Test
  void tokensAreTakenAsTheyAre() {
    assertThat(server.post(PATH, "{\"input\":[1,2,3]}").json().at("/data")).hasSize(1);
    assertThat(server.post(PATH, "{\"input\":[[1,2],[3]]}").json().at("/data")).hasSize(2);
  }

  @Test
  void vectorsAreShortenedAndHaveLengthOneAgain() {
    JsonNode whole = server.post(PATH, "{\"input\":\"abc\"}").json().at("/data/0/embedding");
    JsonNode part =
        server.post(PATH, "{\"input\":\"abc\",\"dimensions\":2}").json().at("/data/0/embedding");
    assertThat(part).hasSize(2);
    double x = part.get(0).asDouble();
    double y = part.get(1).asDouble();
    assertThat(x * x + y * y).isCloseTo(1, within(1e-6));
    assertThat(x / y).isCloseTo(whole.get(0).asDouble() / whole.get(1).asDouble(), within(1e-5));
  }

  @Test
  void longTextsAreCutOnRequest() {
    String body = "{\"input\":\"" + "x".repeat(2000) + "\",\"truncate\":%s}";
    for (String cut : List.of("true", "\"END\"")) {
      Answer answer = server.post(PATH, body.formatted(cut));
      assertThat(answer.json().at("/usage/prompt_tokens").asInt()).isEqualTo(1000);
    }
    assertThat(server.post(PATH, body.formatted("false")).errorCode())
        .isEqualTo("context_length_exceeded");
    assertThat(server.post(PATH, body.formatted("\"START\"")).errorCode())
        .isEqualTo("unsupported_parameter");
  }

  @Test
  void moreTextsThanMayWaitAreEmbeddedAllTheSame() {
    String inputs = String.join(",", Collections.nCopies(200, "\"a\""));
    assertThat(server.post(PATH, "{\"input\":[" + inputs + "]}").json().at("/data")).hasSize(200);
  }

  @Test
  void otherDimensionsAndFormatsAreRefused() {
    assertThat(server.post(PATH, "{\"input\":\"a\",\"dimensions\":4}").status()).isEqualTo(200);
    Answer answer = server.post(PATH, "{\"input\":\"a\",\"dimensions\":5}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/error/param").asText()).isEqualTo("dimensions");
    assertThat(server.post(PATH, "{\"input\":\"a\",\"encoding_format\":\"int8\"}").errorCode())
        .isEqualTo("invalid_value");
    assertThat(server.post(PATH, "{\"input\":[]}").errorCode()).isEqualTo("invalid_value");
    assertThat(server.post(PATH, "{\"input\":\"" + "x".repeat(2000) + "\"}").errorCode())
        .isEqualTo("context_length_exceeded");
    assertThat(server.post(PATH, "{\"input\":[\"" + "a\",\"".repeat(300) + "a\"]}").errorCode())
        .isEqualTo("invalid_value");
  }

  @Test
  void aClientThatGoesAwayCancelsItsEmbedding() {
    try (RawClient client = new RawClient(server.port())) {
      client.send(RawClient.post(PATH, "{\"model\":\"endless\",\"input\":\"a\"}"));
      Await.until("the embedding runs", () -> server.engines().loads() > 0 && inWork() == 1);
    }
    Await.until("the embedding is cancelled", () -> inWork() == 0);
    assertThat(server.engine("endless").cancelled()).isEqualTo(1);
  }

  private int inWork() {
    return server.server().registry().isLoaded("endless")
            && server.server().registry().status().stream()
                .anyMatch(s -> s.name().equals("endless") && s.engine().isPresent())
        ? server.engine("endless").inWork()
        : 0;
  }
}
