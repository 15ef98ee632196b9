package dev.flyball.server.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.engine.EngineOptions;
import dev.flyball.server.ServiceSettings;
import dev.flyball.server.support.Await;
import dev.flyball.server.support.RawClient;
import dev.flyball.server.support.Sse;
import dev.flyball.server.support.TestServer;
import dev.flyball.server.support.TestServer.Answer;
import dev.flyball.server.terms.LatencyDefaults;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every request has its receipt, over a real socket. */
final class ReceiptsTest {
  private static final String CHAT = "/v1/chat/completions";
  private static final String HI = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]%s}";

  @TempDir Path folder;

  private TestServer server;

  @BeforeEach
  void start() {
    server =
        TestServer.start(
            folder,
            config ->
                config
                    .withModels(config.models().withEngine(new EngineOptions(0, 1, 1, 2)))
                    .withService(new ServiceSettings(LatencyDefaults.NONE, 4)),
            "greeting",
            "failing",
            "endless",
            "calling");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Answer post(String path, String body, String... headers) {
    HttpRequest.Builder request = server.request(path).POST(BodyPublishers.ofString(body));
    return server.send((headers.length == 0 ? request : request.headers(headers)).build());
  }

  private JsonNode receipt(String id) {
    Await.until("a receipt of " + id, () -> server.get("/admin/requests/" + id).status() == 200);
    return server.get("/admin/requests/" + id).json();
  }

  @Test
  void theAnswerCarriesItsReceiptWhereItIsAskedFor() {
    Answer answer =
        post(
            CHAT,
            HI.formatted(",\"max_tokens\":3"),
            "x-flyball-receipt",
            "true",
            "x-flyball-run",
            "task-7",
            "x-request-id",
            "mine \"42\"");
    JsonNode usage = answer.json().at("/usage");
    JsonNode receipt = usage.at("/flyball");
    String id = answer.json().at("/id").asText();
    assertThat(id).startsWith("chatcmpl-").isEqualTo(answer.header("x-request-id"));
    assertThat(receipt.at("/id").asText()).isEqualTo(id);
    assertThat(receipt.at("/client_request_id").asText()).isEqualTo("mine__42_");
    assertThat(receipt.at("/run").asText()).isEqualTo("task-7");
    assertThat(receipt.at("/model").asText()).isEqualTo("greeting");
    assertThat(receipt.at("/tenant").asText()).isEqualTo("default");
    assertThat(receipt.at("/tokens/prompt")).isEqualTo(usage.at("/prompt_tokens"));
    assertThat(receipt.at("/tokens/output").asInt()).isEqualTo(3);
    assertThat(receipt.at("/work/decode_steps").asInt()).isEqualTo(3);
    assertThat(receipt.at("/work/compute_ms").asDouble()).isEqualTo(4);
    assertThat(receipt.at("/times_ms/decode").asDouble()).isEqualTo(3);
    assertThat(receipt.at("/times_ms/total").asDouble())
        .isGreaterThanOrEqualTo(receipt.at("/times_ms/prepare").asDouble());
    assertThat(receipt.at("/energy/method").asText()).isIn("measured", "modelled", "estimated");
    assertThat(receipt.at("/energy/high_joules").asDouble())
        .isGreaterThanOrEqualTo(receipt.at("/energy/joules").asDouble());
    assertThat(receipt.at("/energy/basis").asText()).isNotEmpty();
    assertThat(receipt.at("/plan/target").asText()).isEqualTo("this process: greeting");
    assertThat(receipt.at("/plan/reasons"))
        .anyMatch(reason -> reason.asText().contains("3 at most in nine of ten cases (assumed)"));
    assertThat(receipt.at("/outcome").asText()).isEqualTo("completed");
    assertThat(receipt.at("/finish_reasons/0").asText()).isEqualTo("length");
    assertThat(receipt(id)).isEqualTo(receipt);
  }

  @Test
  void withoutTheHeaderTheAnswerIsAsTheApiHasIt() {
    JsonNode usage = post(CHAT, HI.formatted("")).json().at("/usage");
    assertThat(usage.has("flyball")).isFalse();
    assertThat(usage.at("/completion_tokens_details/reasoning_tokens").asInt()).isZero();
  }

  @Test
  void aStreamEndsWithItsReceiptWhereItIsAskedFor() {
    for (String path : List.of(CHAT, "/v1/completions")) {
      String body =
          path.equals(CHAT)
              ? HI.formatted(",\"stream\":true")
              : "{\"prompt\":\"x\",\"stream\":true}";
      Sse sse = Sse.parse(post(path, body, "x-flyball-receipt", "true").response().body());
      assertThat(sse.done()).isTrue();
      JsonNode last = sse.events().getLast();
      assertThat(last.at("/choices")).isEmpty();
      assertThat(last.at("/usage/flyball/id")).isEqualTo(last.at("/id"));
      assertThat(last.at("/usage/flyball/tokens/output").asInt()).isEqualTo(4);
    }
  }

  @Test
  void severalChoicesShareAReceiptThatCountsThePromptOnce() {
    JsonNode usage =
        post("/v1/completions", "{\"prompt\":\"abc\",\"n\":2}", "x-flyball-receipt", "true")
            .json()
            .at("/usage");
    assertThat(usage.at("/prompt_tokens").asInt()).isEqualTo(4);
    assertThat(usage.at("/flyball/tokens/prompt").asInt()).isEqualTo(4);
    assertThat(usage.at("/flyball/tokens/output").asInt()).isEqualTo(8);
    assertThat(usage.at("/flyball/work/prefill_steps").asInt()).isEqualTo(2);
    assertThat(usage.at("/flyball/finish_reasons")).hasSize(2);
  }

  @Test
  void embeddingsHaveReceiptsThatDoNotPretendToKnowTheirEnergy() {
    Answer answer =
        post("/v1/embeddings", "{\"input\":[\"abc\",\"d\"]}", "x-flyball-receipt", "true");
    JsonNode receipt = receipt(answer.header("x-request-id"));
    assertThat(answer.json().at("/usage/flyball")).isEqualTo(receipt);
    assertThat(receipt.at("/tokens/prompt").asInt()).isEqualTo(6);
    assertThat(receipt.at("/outcome").asText()).isEqualTo("completed");
    assertThat(receipt.at("/energy").isNull()).isTrue();
    assertThat(receipt.at("/plan/reasons"))
        .anyMatch(reason -> reason.asText().equals("no tokens to generate"));

    try (RawClient gone = new RawClient(server.port())) {
      gone.send(RawClient.post("/v1/embeddings", "{\"model\":\"endless\",\"input\":\"abc\"}"));
      Await.until("it runs", this::endlessRuns);
    }
    Await.until(
        "a second receipt", () -> server.get("/admin/requests").json().at("/data").size() == 2);
    assertThat(server.get("/admin/requests").json().at("/data/0/outcome").asText())
        .isEqualTo("cancelled");
  }

  private boolean endlessRuns() {
    return server.server().registry().status().stream()
            .anyMatch(model -> model.name().equals("endless") && model.engine().isPresent())
        && server.engine("endless").inWork() == 1;
  }

  @Test
  void thoughtsAreCountedAsReasoning() {
    for (boolean stream : new boolean[] {false, true}) {
      Answer answer =
          post(
              CHAT,
              HI.formatted(",\"model\":\"calling\",\"stream\":" + stream),
              "x-flyball-receipt",
              "true");
      JsonNode usage =
          stream
              ? Sse.parse(answer.response().body()).events().getLast().at("/usage")
              : answer.json().at("/usage");
      assertThat(usage.at("/completion_tokens").asInt()).isEqualTo(8);
      assertThat(usage.at("/completion_tokens_details/reasoning_tokens").asInt())
          .as("two tokens open the thought, the third ends it")
          .isEqualTo(3);
      assertThat(usage.at("/flyball/tokens/reasoning").asInt()).isEqualTo(3);
    }
  }

  @Test
  void aRequestThatFailedHasAReceipt() {
    Answer answer = post(CHAT, HI.formatted(",\"model\":\"failing\""));
    assertThat(answer.status()).isEqualTo(500);
    JsonNode receipt = receipt(answer.header("x-request-id"));
    assertThat(receipt.at("/outcome").asText()).isEqualTo("failed");
    assertThat(receipt.at("/error").asText()).isEqualTo("internal_error");
    assertThat(receipt.at("/finish_reasons/0").asText()).isEqualTo("error");
    assertThat(receipt.at("/energy").isNull()).isTrue();
  }

  @Test
  void aRequestThatWasRefusedHasAReceipt() {
    Answer wrong = post(CHAT, HI.formatted(",\"temperature\":9"), "x-flyball-tenant", "alice");
    assertThat(wrong.status()).isEqualTo(400);
    JsonNode receipt = receipt(wrong.header("x-request-id"));
    assertThat(receipt.at("/outcome").asText()).isEqualTo("refused");
    assertThat(receipt.at("/error").asText()).isEqualTo("invalid_value");
    assertThat(receipt.at("/tenant").asText()).isEqualTo("alice");
    assertThat(receipt.at("/model").isNull()).isTrue();
    assertThat(receipt.at("/plan").isNull()).isTrue();

    Answer unknown = post(CHAT, HI.formatted(",\"model\":\"nobody\""));
    assertThat(receipt(unknown.header("x-request-id")).at("/error").asText())
        .isEqualTo("model_not_found");

    Answer full =
        post(
            "/v1/completions",
            "{\"prompt\":\"x\",\"max_tokens\":99999,\"n\":3,\"model\":\"endless\"}");
    assertThat(full.status()).isEqualTo(429);
    JsonNode refused = receipt(full.header("x-request-id"));
    assertThat(refused.at("/error").asText()).isEqualTo("queue_full");
    assertThat(refused.at("/finish_reasons"))
        .as("two were taken and cancelled")
        .hasSize(2)
        .allMatch(reason -> reason.asText().equals("cancelled"));
  }

  @Test
  void aTargetThatWouldBeMissedIsRefusedEarly() {
    Answer answer = post(CHAT, HI.formatted(""), "x-flyball-ttft-ms", "1");
    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.errorCode()).isEqualTo("too_late");
    assertThat(answer.header("retry-after")).isEqualTo("2");
    JsonNode receipt = receipt(answer.header("x-request-id"));
    assertThat(receipt.at("/outcome").asText()).isEqualTo("refused");
    assertThat(receipt.at("/error").asText()).isEqualTo("too_late");
    assertThat(receipt.at("/latency_target/ttft_ms").asDouble()).isEqualTo(1);
  }

  @Test
  void aClientThatGoesAwayLeavesAReceipt() {
    try (RawClient gone = new RawClient(server.port())) {
      gone.send(
          RawClient.post(
              "/v1/completions",
              "{\"prompt\":\"x\",\"max_tokens\":99999,\"stream\":true,\"model\":\"endless\"}"));
      gone.readUntil("on and");
    }
    Await.until(
        "a receipt", () -> server.get("/admin/requests").json().at("/data/0/outcome").isTextual());
    JsonNode receipt = server.get("/admin/requests").json().at("/data/0");
    assertThat(receipt.at("/outcome").asText()).isEqualTo("cancelled");
    assertThat(receipt.at("/finish_reasons/0").asText()).isEqualTo("cancelled");
    assertThat(receipt.at("/tokens/output").asInt()).isPositive();
    assertThat(receipt.at("/work/decode_steps").asInt()).isPositive();
  }

  @Test
  void theLastReceiptsAreListedTheYoungestFirst() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ids.addFirst(post(CHAT, HI.formatted("")).header("x-request-id"));
    }
    JsonNode list = server.get("/admin/requests").json().at("/data");
    assertThat(list).extracting(entry -> entry.at("/id").asText()).isEqualTo(ids.subList(0, 4));
    assertThat(server.get("/admin/requests?limit=2").json().at("/data"))
        .extracting(entry -> entry.at("/id").asText())
        .isEqualTo(ids.subList(0, 2));
    assertThat(server.get("/admin/requests/" + ids.getLast()).errorCode())
        .isEqualTo("request_not_found");
    for (String limit : List.of("0", "-1", "1001", "x", "99999999999")) {
      Answer answer = server.get("/admin/requests?limit=" + limit);
      assertThat(answer.status()).as(limit).isEqualTo(400);
      assertThat(answer.json().at("/error/param").asText()).isEqualTo("limit");
    }
  }

  @Test
  void manyRequestsAtOnceHaveAReceiptEach() throws Exception {
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String tenant = "t" + i;
      clients.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    String model = tenant.equals("t3") ? ",\"model\":\"failing\"" : "";
                    post(CHAT, HI.formatted(model), "x-flyball-tenant", tenant);
                  }));
    }
    for (Thread client : clients) {
      client.join();
    }
    Await.until("four", () -> server.get("/admin/requests").json().at("/data").size() == 4);
    assertThat(server.get("/admin/requests").json().at("/data"))
        .extracting(entry -> entry.at("/tenant").asText().toLowerCase(Locale.ROOT))
        .containsExactlyInAnyOrder("t0", "t1", "t2", "t3");
  }

  @Test
  void withKeysReceiptsNeedOne() {
    try (TestServer locked =
        TestServer.start(folder, config -> config.withApiKeys(List.of("a", "b")), "greeting")) {
      assertThat(locked.get("/admin/requests").status()).isEqualTo(401);
      assertThat(locked.get("/admin/requests/x").status()).isEqualTo(401);
      Answer answer =
          locked.send(
              locked
                  .request(CHAT)
                  .headers("authorization", "Bearer b", "x-flyball-tenant", "somebody-else")
                  .POST(BodyPublishers.ofString(HI.formatted(",\"user\":\"alice\"")))
                  .build());
      JsonNode receipt =
          locked
              .send(
                  locked
                      .request("/admin/requests/" + answer.header("x-request-id"))
                      .header("authorization", "Bearer a")
                      .GET()
                      .build())
              .json();
      assertThat(receipt.at("/tenant").asText()).isEqualTo("key-2");
    }
  }
}
