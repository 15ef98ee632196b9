package dev.flyball.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.engine.Engine;
import dev.flyball.server.models.ModelStatus;
import dev.flyball.server.support.Await;
import dev.flyball.server.support.DemoServer;
import dev.flyball.server.support.RawClient;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** From socket to token and back with the real engine and the model that comes with the sources. */
@TestInstance(Lifecycle.PER_CLASS)
final class DemoModelTest {
  private FlyballServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeAll
  void start() {
    server = DemoServer.start();
  }

  @AfterAll
  void stop() {
    client.shutdownNow();
    server.close();
  }

  private JsonNode post(String path, String body) throws Exception {
    return post(path, body, 200);
  }

  private JsonNode post(String path, String body, int expectedStatus) throws Exception {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(server.uri().resolve(path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(expectedStatus);
    return new ObjectMapper().readTree(response.body());
  }

  /** What llama.cpp's server answers to the same request; from the model's card. */
  @Test
  void greedyTextIsThatOfLlamaCpp() throws Exception {
    JsonNode json =
        post(
            "/v1/completions",
            "{\"prompt\":\"Once upon a time\",\"temperature\":0,\"max_tokens\":40}");
    assertThat(json.at("/choices/0/text").asText().strip())
        .startsWith("there lived a king who had three sons. The two eldest were");
  }

  @Test
  void aTextSurvivesTokenizingAndDetokenizing() throws Exception {
    String text = "The fox said: \\\"Grüß Gott, crow! 🦊\\\"";
    JsonNode tokens = post("/tokenize", "{\"content\":\"" + text + "\"}");
    JsonNode back = post("/detokenize", tokens.toString());
    assertThat(back.at("/content").asText()).isEqualTo(text.replace("\\\"", "\""));
  }

  @Test
  void aBiasOfATokenBeyondTheVocabularyIsNamed() throws Exception {
    JsonNode json =
        post("/v1/completions", "{\"prompt\":\"Once\",\"logit_bias\":{\"99999\":1}}", 400);
    assertThat(json.at("/error/param").asText()).isEqualTo("logit_bias");
  }

  @Test
  void aStopStringEndsTheTextBeforeIt() throws Exception {
    JsonNode json =
        post(
            "/v1/completions",
            "{\"prompt\":\"Once upon a time\",\"temperature\":0,\"max_tokens\":40,\"stop\":[\" sons\"]}");
    assertThat(json.at("/choices/0/text").asText().strip())
        .isEqualTo("there lived a king who had three");
    assertThat(json.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
  }

  @Test
  void aClientThatGoesAwayFreesTheEngine() {
    try (RawClient gone = new RawClient(server.port())) {
      gone.send(
          RawClient.post(
              "/v1/completions",
              "{\"prompt\":\"Once\",\"max_tokens\":500,\"ignore_eos\":true,\"stream\":true}"));
      gone.readUntil("data: ");
    }
    Await.until(
        "the engine is idle",
        () ->
            server.registry().status().stream()
                .allMatch(status -> status.users() == 0 && running(status) == 0));
  }

  @Test
  void theReceiptSaysWhatTheEngineReallyDid() throws Exception {
    String body =
        "{\"prompt\":\"%s\",\"temperature\":0,\"max_tokens\":4}"
            .formatted("The old crow sat on a high branch with a piece of cheese. ".repeat(8));
    String path = "/v1/completions";
    JsonNode first = receipt(post(path, body).at("/id").asText());
    assertThat(first.at("/work/prefill_steps").asInt()).isPositive();
    assertThat(first.at("/work/decode_steps").asInt()).isEqualTo(3);
    assertThat(first.at("/work/compute_ms").asDouble()).isPositive();
    assertThat(first.at("/energy/joules").asDouble()).isPositive();
    assertThat(first.at("/plan/knobs/scheduler").asText()).isEqualTo("adaptive");
    assertThat(first.at("/tokens/cached").asInt()).isZero();
    JsonNode second = receipt(post(path, body).at("/id").asText());
    assertThat(second.at("/tokens/cached").asInt())
        .isPositive()
        .isLessThan(second.at("/tokens/prompt").asInt());
  }

  private JsonNode receipt(String id) throws Exception {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(server.uri().resolve("/admin/requests/" + id)).build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return new ObjectMapper().readTree(response.body());
  }

  private static int running(ModelStatus status) {
    return status.engine().map(Engine::load).map(load -> load.running()).orElse(0);
  }
}
