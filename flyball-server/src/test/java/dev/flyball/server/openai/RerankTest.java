package dev.flyball.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.server.support.TestServer;
import dev.flyball.server.support.TestServer.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Over an engine that finds long documents relevant. */
@TestInstance(Lifecycle.PER_CLASS)
final class RerankTest {
  private static final String PATH = "/v1/rerank";
  private static final String DOCUMENTS = "[\"bb\",{\"text\":\"cccc\"},\"a\",\"dd\"]";

  private TestServer server;

  @BeforeAll
  void start(@TempDir Path folder) {
    server = TestServer.start(folder, "ranking", "greeting", "embedding");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private static String body(String more) {
    return "{\"query\":\"q\",\"documents\":" + DOCUMENTS + more + "}";
  }

  private static List<Integer> order(Answer answer) {
    List<Integer> order = new ArrayList<>();
    for (JsonNode result : answer.json().at("/results")) {
      order.add(result.get("index").asInt());
    }
    return order;
  }

  @Test
  void theBestComeFirstAndEqualOnesStayInOrder() {
    Answer answer = server.post(PATH, body(""));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(order(answer)).containsExactly(1, 0, 3, 2);
    assertThat(answer.json().at("/model").asText()).isEqualTo("ranking");
    assertThat(answer.json().at("/object").asText()).isEqualTo("list");
    assertThat(answer.json().at("/id").asText()).isNotEmpty();
    double best = answer.json().at("/results/0/relevance_score").asDouble();
    assertThat(best).isGreaterThan(answer.json().at("/results/1/relevance_score").asDouble());
    assertThat(answer.json().at("/results/0").has("document")).isFalse();
    int tokens = answer.json().at("/usage/prompt_tokens").asInt();
    assertThat(tokens).isEqualTo(4 * 2 + 9);
    assertThat(answer.json().at("/usage/total_tokens").asInt()).isEqualTo(tokens);
  }

  @Test
  void soManyAsAreWantedWithTheirTexts() {
    Answer answer = server.post(PATH, body(",\"top_n\":2,\"return_documents\":true"));
    assertThat(order(answer)).containsExactly(1, 0);
    assertThat(answer.json().at("/results/0/document/text").asText()).isEqualTo("cccc");
    assertThat(order(server.post(PATH, body(",\"top_n\":99")))).hasSize(4);
  }

  @Test
  void otherServersPathsLeadHereToo() {
    for (String path : List.of("/rerank", "/v2/rerank", "/reranking", "/v1/reranking")) {
      assertThat(order(server.post(path, body("")))).containsExactly(1, 0, 3, 2);
    }
  }

  @Test
  void wrongFieldsAreNamed() {
    assertThat(server.post(PATH, "{\"documents\":[\"a\"]}").errorCode())
        .isEqualTo("missing_required_parameter");
    assertThat(server.post(PATH, "{\"query\":\"q\"}").errorCode())
        .isEqualTo("missing_required_parameter");
    assertThat(server.post(PATH, "{\"query\":\"q\",\"documents\":[]}").errorCode())
        .isEqualTo("invalid_value");
    Answer wrong = server.post(PATH, "{\"query\":\"q\",\"documents\":[\"a\",{\"txt\":\"b\"}]}");
    assertThat(wrong.json().at("/error/param").asText()).isEqualTo("documents[1].text");
    assertThat(server.post(PATH, body(",\"top_n\":0")).errorCode()).isEqualTo("invalid_value");
  }

  @Test
  void longDocumentsAreRefusedByNameOrCut() {
    String documents = "[\"a\",\"" + "x".repeat(2000) + "\"]";
    String body = "{\"query\":\"query\",\"documents\":" + documents;
    Answer refused = server.post(PATH, body + "}");
    assertThat(refused.errorCode()).isEqualTo("context_length_exceeded");
    assertThat(refused.json().at("/error/param").asText()).isEqualTo("documents[1]");
    assertThat(refused.json().at("/error/message").asText()).contains("may have 1000");
    Answer cut = server.post(PATH, body + ",\"truncate\":true}");
    assertThat(order(cut)).containsExactly(1, 0);
    assertThat(cut.json().at("/results/0/relevance_score").asDouble()).isEqualTo(1000);
    String longQuery = "{\"query\":\"" + "x".repeat(2000) + "\",\"documents\":[\"a\"]";
    assertThat(server.post(PATH, longQuery + ",\"truncate\":true}").errorCode())
        .isEqualTo("context_length_exceeded");
  }

  @Test
  void modelsSayWhatTheyCannotDoAndWhoCan() {
    server.post(PATH, body(""));
    Answer rank = server.post(PATH, body(",\"model\":\"greeting\""));
    assertThat(rank.status()).isEqualTo(400);
    assertThat(rank.errorCode()).isEqualTo("wrong_kind_of_model");
    assertThat(rank.json().at("/error/param").asText()).isEqualTo("model");
    assertThat(rank.json().at("/error/message").asText())
        .contains("greeting cannot rank", "it can generate text", "models that can: ranking");
    Answer embed = server.post("/v1/embeddings", "{\"model\":\"ranking\",\"input\":\"a\"}");
    assertThat(embed.errorCode()).isEqualTo("wrong_kind_of_model");
    Answer chat =
        server.post(
            "/v1/chat/completions",
            "{\"model\":\"embedding\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}");
    assertThat(chat.errorCode()).isEqualTo("wrong_kind_of_model");
    assertThat(
            server.post("/v1/completions", "{\"model\":\"ranking\",\"prompt\":\"a\"}").errorCode())
        .isEqualTo("wrong_kind_of_model");
    assertThat(server.get("/v1/models/ranking").json().at("/flyball/uses/0").asText())
        .isEqualTo("rank");
  }

  @Test
  void aRequestHasAReceipt() {
    Answer answer = server.post(PATH, body(""));
    assertThat(answer.status()).isEqualTo(200);
    String id = answer.header("x-request-id");
    JsonNode receipt = server.get("/admin/requests/" + id).json();
    assertThat(receipt.toString()).contains("\"ranking\"", "completed");
  }
}
