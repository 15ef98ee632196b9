package dev.flyball.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessage;
import dev.flyball.server.support.Sse;
import dev.flyball.server.support.TestServer;
import dev.flyball.server.support.TestServer.Answer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thoughts and calls of tools, over a socket and through the official Java SDK. */
@TestInstance(Lifecycle.PER_CLASS)
final class ToolCallsTest {
  private static final String TOOLS =
      ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"get_weather\",\"parameters\":{}}}]";

  private TestServer server;

  @BeforeAll
  void start(@TempDir Path folder) {
    server = TestServer.start(folder, "calling", "greeting");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private Answer chat(String moreFields) {
    return server.post(
        "/v1/chat/completions",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]" + moreFields + "}");
  }

  @Test
  void aWholeAnswerHasItsCallsAndThoughts() {
    JsonNode choice = chat(TOOLS).json().at("/choices/0");
    assertThat(choice.at("/finish_reason").asText()).isEqualTo("tool_calls");
    JsonNode message = choice.at("/message");
    assertThat(message.at("/content").asText()).isEqualTo("I look.");
    assertThat(message.at("/reasoning_content").asText()).isEqualTo("Pune and Rome.");
    JsonNode calls = message.at("/tool_calls");
    assertThat(calls).hasSize(2);
    Set<String> ids = new HashSet<>();
    for (JsonNode call : calls) {
      ids.add(call.at("/id").asText());
      assertThat(call.at("/id").asText()).matches("[A-Za-z0-9]{9}");
      assertThat(call.at("/type").asText()).isEqualTo("function");
      assertThat(call.at("/function/name").asText()).isEqualTo("get_weather");
    }
    assertThat(ids).hasSize(2);
    assertThat(calls.at("/1/function/arguments").asText()).isEqualTo("{\"city\": \"Rome\"}");
  }

  @Test
  void aStreamHasTheSameAsDeltas() {
    Sse stream = Sse.parse(chat(TOOLS + ",\"stream\":true,\"logprobs\":true").response().body());
    StringBuilder content = new StringBuilder();
    StringBuilder reasoning = new StringBuilder();
    StringBuilder[] arguments = {new StringBuilder(), new StringBuilder()};
    int scores = 0;
    for (JsonNode event : stream.events()) {
      JsonNode delta = event.at("/choices/0/delta");
      content.append(delta.path("content").asText());
      reasoning.append(delta.path("reasoning_content").asText());
      scores += event.at("/choices/0/logprobs/content").size();
      for (JsonNode call : delta.path("tool_calls")) {
        StringBuilder own = arguments[call.path("index").asInt()];
        assertThat(call.has("id")).isEqualTo(call.path("function").has("name"));
        own.append(call.at("/function/arguments").asText());
      }
    }
    assertThat(stream.done()).isTrue();
    assertThat(content).hasToString("I look.");
    assertThat(reasoning).hasToString("Pune and Rome.");
    assertThat(arguments[0]).hasToString("{\"city\": \"Pune\"}");
    assertThat(arguments[1]).hasToString("{\"city\": \"Rome\"}");
    assertThat(scores).isEqualTo(8);
    assertThat(stream.events().getLast().at("/choices/0/finish_reason").asText())
        .isEqualTo("tool_calls");
  }

  @Test
  void aChoiceOfNoneCallsNothing() {
    JsonNode choice = chat(TOOLS + ",\"tool_choice\":\"none\"").json().at("/choices/0");
    assertThat(choice.at("/finish_reason").asText()).isEqualTo("stop");
    assertThat(choice.at("/message").has("tool_calls")).isFalse();
    assertThat(choice.at("/message/content").asText()).contains("<tool_call>");
    assertThat(choice.at("/message/reasoning_content").asText()).isEqualTo("Pune and Rome.");
  }

  @Test
  void anAnswerThatIsCutWithinACallEndsByItsLength() {
    JsonNode choice = chat(TOOLS + ",\"max_tokens\":6").json().at("/choices/0");
    assertThat(choice.at("/finish_reason").asText()).isEqualTo("length");
    assertThat(choice.at("/message/tool_calls/0/function/arguments").asText())
        .isEqualTo("{\"city\": ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"max_reasoning_tokens\":5",
        "\"thinking_token_budget\":5",
        "\"thinking_budget_tokens\":5",
        "\"reasoning\":{\"max_tokens\":5,\"effort\":\"high\"}",
        "\"reasoning_effort\":\"low\"",
        "\"max_reasoning_tokens\":0"
      })
  void aBudgetBecomesRulesOfTheAnswer(String field) {
    assertThat(chat("," + field).status()).isEqualTo(200);
    assertThat(server.engine("calling").lastRequest().rules()).isPresent();
  }

  @Test
  void anEffortThatNobodyKnowsIsRefused() {
    assertThat(chat(",\"reasoning_effort\":\"heroic\"").errorCode()).isEqualTo("invalid_value");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"required\"", "{\"type\":\"function\",\"function\":{\"name\":\"get_weather\"}}"})
  void aForcedCallBecomesAGrammar(String choice) {
    Answer answer = chat(TOOLS + ",\"tool_choice\":" + choice);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(server.engine("calling").lastRequest().grammar().orElseThrow().toString())
        .contains("get_weather");
  }

  @Test
  void aCallThatCannotBeForcedIsRefused() {
    assertThat(chat(",\"tool_choice\":\"required\"").errorCode()).isEqualTo("invalid_value");
    assertThat(
            chat(TOOLS + ",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"x\"}}")
                .errorCode())
        .isEqualTo("invalid_value");
    assertThat(
            chat(TOOLS
                    + ",\"tool_choice\":\"required\",\"response_format\":{\"type\":\"json_object\"}")
                .errorCode())
        .isEqualTo("invalid_value");
  }

  @Test
  void theJavaSdkReadsCallsWholeAndStreamed() {
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .baseUrl(server.uri("/v1").toString())
            .apiKey("not-needed")
            .maxRetries(0)
            .build();
    ChatCompletionCreateParams params =
        ChatCompletionCreateParams.builder()
            .model("calling")
            .addUserMessage("Weather in Pune and Rome?")
            .addTool(GetWeather.class)
            .build();
    ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(params)) {
      stream.stream().forEach(accumulator::accumulate);
    }
    assertIsCalled(client.chat().completions().create(params));
    assertIsCalled(accumulator.chatCompletion());
    client.close();
  }

  private static void assertIsCalled(ChatCompletion answer) {
    assertThat(answer.choices().getFirst().finishReason().asString()).isEqualTo("tool_calls");
    ChatCompletionMessage message = answer.choices().getFirst().message();
    assertThat(message.toolCalls().orElseThrow())
        .extracting(call -> call.asFunction().function().arguments())
        .containsExactly("{\"city\": \"Pune\"}", "{\"city\": \"Rome\"}");
  }

  /** A tool, as the SDK wants it described. */
  static final class GetWeather {
    public String city = "";
  }
}
