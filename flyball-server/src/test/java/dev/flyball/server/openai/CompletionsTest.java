package dev.flyball.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.server.support.Sse;
import dev.flyball.server.support.TestServer;
import dev.flyball.server.support.TestServer.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(Lifecycle.PER_CLASS)
final class CompletionsTest {
  private static final String PATH = "/v1/completions";

  private TestServer server;

  @BeforeAll
  void start(@TempDir Path folder) {
    server = TestServer.start(folder, "greeting");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void completesAText() {
    Answer answer = server.post(PATH, "{\"prompt\":\"Hi\"}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().at("/object").asText()).isEqualTo("text_completion");
    assertThat(answer.json().at("/choices/0/text").asText()).isEqualTo("Hello, wörld!");
    assertThat(answer.json().at("/choices/0/logprobs").isNull()).isTrue();
    assertThat(answer.json().at("/usage/prompt_tokens").asInt()).isEqualTo(3);
    assertThat(server.engine("greeting").lastRequest().maxTokens()).isEqualTo(16);
  }

  @Test
  void severalPromptsGiveTheirChoicesInOrder() {
    Answer answer = server.post(PATH, "{\"prompt\":[\"a\",\"bb\",\"ccc\"],\"n\":2,\"echo\":true}");
    assertThat(answer.json().at("/choices")).hasSize(6);
    String[] prompts = {"a", "a", "bb", "bb", "ccc", "ccc"};
    for (int i = 0; i < 6; i++) {
      assertThat(answer.json().at("/choices/" + i + "/index").asInt()).isEqualTo(i);
      assertThat(answer.json().at("/choices/" + i + "/text").asText())
          .isEqualTo(prompts[i] + "Hello, wörld!");
    }
    assertThat(answer.json().at("/usage/prompt_tokens").asInt()).isEqualTo(2 + 3 + 4);
    assertThat(answer.json().at("/usage/completion_tokens").asInt()).isEqualTo(24);
  }

  @Test
  void tokensAreTakenAsTheyAre() {
    assertThat(server.post(PATH, "{\"prompt\":[72,105]}").status()).isEqualTo(200);
    assertThat(server.engine("greeting").lastRequest().prompt().toArray()).containsExactly(72, 105);
    Answer two = server.post(PATH, "{\"prompt\":[[72],[105]],\"echo\":true}");
    assertThat(two.json().at("/choices/1/text").asText()).isEqualTo("iHello, wörld!");
  }

  @Test
  void logprobsAreParallelArrays() {
    JsonNode logprobs =
        server.post(PATH, "{\"prompt\":\"x\",\"logprobs\":2}").json().at("/choices/0/logprobs");
    assertThat(logprobs.at("/tokens")).hasSize(4);
    assertThat(logprobs.at("/token_logprobs/0").asDouble()).isEqualTo(-0.5);
    assertThat(logprobs.at("/top_logprobs/0/H").asDouble()).isEqualTo(-0.5);
    assertThat(logprobs.at("/top_logprobs/0/I").asDouble()).isEqualTo(-1.5);
    assertThat(logprobs.at("/text_offset/3").asInt()).isEqualTo(3);
  }

  @Test
  void streamsTextThenReasonThenUsage() {
    Answer answer =
        server.post(
            PATH,
            "{\"prompt\":\"x\",\"stream\":true,\"logprobs\":1,\"stream_options\":{\"include_usage\":true}}");
    Sse sse = Sse.parse(answer.response().body());
    assertThat(sse.done()).isTrue();
    assertThat(sse.join("/choices/0/text")).isEqualTo("Hello, wörld!");
    assertThat(sse.join("/choices/0/finish_reason")).contains("stop");
    assertThat(sse.events().get(2).at("/choices/0/logprobs/text_offset/0").asInt()).isEqualTo(2);
    assertThat(sse.events().getLast().at("/usage/completion_tokens").asInt()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                        | prompt    | missing_required_parameter
          {"prompt":[]}                             | prompt    | invalid_value
          {"prompt":{}}                             | prompt    | invalid_type
          {"prompt":["a",1]}                        | prompt[1] | invalid_type
          {"prompt":[1,"a"]}                        | prompt[1] | invalid_type
          {"prompt":[-1]}                           | prompt[0] | invalid_value
          {"prompt":[[1],[]]}                       | prompt[1] | invalid_value
          {"prompt":[300]}                          | prompt    | invalid_value
          {"prompt":["a","b"],"n":9}                | n         | invalid_value
          {"prompt":"a","best_of":2}                | best_of   | unsupported_parameter
          {"prompt":"a","suffix":"b"}               | suffix    | unsupported_parameter
          {"prompt":"a","echo":true,"logprobs":1}   | echo      | unsupported_parameter
          {"prompt":"a","logprobs":21}              | logprobs  | invalid_value
          """)
  void aWrongFieldIsNamed(String body, String param, String code) {
    Answer answer = server.post(PATH, body);
    assertThat(answer.status()).as(body).isEqualTo(400);
    assertThat(answer.json().at("/error/param").asText()).isEqualTo(param);
    assertThat(answer.errorCode()).isEqualTo(code);
  }
}
