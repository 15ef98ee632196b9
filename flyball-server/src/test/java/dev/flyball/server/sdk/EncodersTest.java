package dev.flyball.server.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.errors.BadRequestException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.LocalEngines;
import dev.flyball.server.FlyballServer;
import dev.flyball.server.ServerConfig;
import dev.flyball.server.models.ModelSettings;
import dev.flyball.server.support.TinyEncoder;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Real encoders, by the official {@code openai-java} and over plain HTTP. */
@TestInstance(Lifecycle.PER_CLASS)
final class EncodersTest {
  private FlyballServer server;
  private OpenAIClient client;

  @BeforeAll
  void start(@TempDir Path folder) {
    server =
        FlyballServer.start(
            ServerConfig.defaults()
                .withPort(0)
                .withModels(
                    ModelSettings.ofFolder(folder.resolve("none"))
                        .withFiles(
                            List.of(
                                TinyEncoder.embedder(folder.resolve("embedder.gguf")),
                                TinyEncoder.reranker(folder.resolve("reranker.gguf"))))
                        .withEngine(new EngineOptions(0, 8, 64, 2))),
            new LocalEngines());
    client = OpenAiClients.of(server);
  }

  @AfterAll
  void stop() {
    client.close();
    server.close();
  }

  private static EmbeddingCreateParams.Builder embedder() {
    return EmbeddingCreateParams.builder().model("embedder");
  }

  private List<Float> embed(EmbeddingCreateParams params) {
    return client.embeddings().create(params).data().getFirst().embedding();
  }

  @Test
  void everyFormOfInputGivesTheSameVectors() {
    List<Float> alone = embed(embedder().input("the fox").build());
    assertThat(alone).hasSize(TinyEncoder.COLUMNS);
    CreateEmbeddingResponse listed =
        client
            .embeddings()
            .create(embedder().inputOfArrayOfStrings(List.of("a crow?", "The FOX")).build());
    assertThat(listed.usage().promptTokens()).isEqualTo(5 + 4);
    assertClose(listed.data().get(1).embedding(), alone);
    List<Long> ids = List.of(2L, 57L, 58L, 3L);
    assertClose(embed(embedder().inputOfArrayOfTokens(ids).build()), alone);
    assertClose(embed(embedder().inputOfArrayOfTokenArrays(List.of(ids)).build()), alone);
    assertClose(
        embed(
            embedder()
                .input("the fox")
                .encodingFormat(EmbeddingCreateParams.EncodingFormat.BASE64)
                .build()),
        alone);
  }

  @Test
  void severalHundredTextsOfAllLengthsAreToldApart() {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      texts.add("the " + "fox ".repeat(i % 60) + (char) ('a' + i % 26));
    }
    CreateEmbeddingResponse answer =
        client.embeddings().create(embedder().inputOfArrayOfStrings(texts).build());
    assertThat(answer.data()).hasSize(texts.size());
    for (int i = 0; i < texts.size(); i += 37) {
      List<Float> alone = embed(embedder().input(texts.get(i)).build());
      assertClose(answer.data().get(i).embedding(), alone);
    }
  }

  @Test
  void shortenedVectorsHaveLengthOne() {
    List<Float> vector = embed(embedder().input("the fox").dimensions(8).build());
    assertThat(vector).hasSize(8);
    assertThat(vector.stream().mapToDouble(x -> (double) x * x).sum()).isCloseTo(1, within(1e-5));
  }

  @Test
  void textsAboveTheContextAreRefusedWithTheLimit() {
    assertThatThrownBy(() -> embed(embedder().input("fox ".repeat(70)).build()))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            e -> assertThat(e.code()).contains("context_length_exceeded"))
        .hasMessageContaining("72 tokens")
        .hasMessageContaining("may have 64");
  }

  @Test
  void aCrossEncoderRanksDocumentsWhateverTheirPlace() throws Exception {
    JsonNode first = rerank("[\"the fox\",\"a crow\",\"cheese ? z\",\"the fox\"]");
    JsonNode second = rerank("[\"cheese ? z\",\"the fox\",\"a crow\"]");
    List<String> best = texts(first);
    best.remove(best.lastIndexOf("the fox"));
    assertThat(texts(second)).isEqualTo(best);
    double last = Double.POSITIVE_INFINITY;
    for (JsonNode result : first.get("results")) {
      assertThat(result.get("relevance_score").asDouble()).isLessThanOrEqualTo(last);
      last = result.get("relevance_score").asDouble();
    }
    assertThat(first.at("/results/0/relevance_score").asDouble()).isGreaterThan(last);
    // [CLS] what ? [SEP] the fox [SEP]: a word of letters is as many tokens as it has letters
    assertThat(second.at("/usage/prompt_tokens").asInt()).isEqualTo(3 * (1 + 5 + 1 + 1) + 7);
  }

  private static List<String> texts(JsonNode answer) {
    List<String> texts = new ArrayList<>();
    answer.get("results").forEach(result -> texts.add(result.at("/document/text").asText()));
    return texts;
  }

  private JsonNode rerank(String documents) throws IOException, InterruptedException {
    String body =
        "{\"model\":\"reranker\",\"query\":\"what?\",\"return_documents\":true,\"documents\":"
            + documents
            + "}";
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(server.uri().resolve("/v1/rerank"))
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return new ObjectMapper().readTree(answer.body());
    }
  }

  private static void assertClose(List<Float> actual, List<Float> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i)).isCloseTo(expected.get(i), within(1e-4f));
    }
  }
}
