package dev.flyball.server.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.core.http.StreamResponse;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.StructuredChatCompletionCreateParams;
import dev.flyball.server.FlyballServer;
import dev.flyball.server.support.DemoServer;
import dev.flyball.server.support.Sse;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Answers held to a form, streamed over a socket and read by the official Java SDK. */
@TestInstance(Lifecycle.PER_CLASS)
final class StructuredAnswersTest {
  private FlyballServer server;
  private OpenAIClient client;

  @BeforeAll
  void start() {
    server = DemoServer.start();
    client = OpenAiClients.of(server);
  }

  @AfterAll
  void stop() {
    client.close();
    server.close();
  }

  private static ChatCompletionCreateParams.Builder chat() {
    return ChatCompletionCreateParams.builder()
        .model(DemoServer.MODEL)
        .temperature(0)
        .addUserMessage("Describe a fox.")
        .maxCompletionTokens(200);
  }

  @Test
  void aStreamUnderASchemaIsValidWhenItIsPutTogether() throws Exception {
    String body =
        """
        {"messages":[{"role":"user","content":"Describe a fox."}],"stream":true,"seed":3,
         "stream_options":{"include_usage":true},"max_tokens":200,
         "response_format":{"type":"json_schema","json_schema":{"name":"fox","strict":true,"schema":
          {"type":"object","properties":{"kind":{"enum":["fox","crow"]},
           "legs":{"type":"integer","minimum":2,"maximum":4},"name":{"type":"string","maxLength":20}},
           "required":["kind","legs","name"],"additionalProperties":false}}}}
        """;
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(server.uri().resolve("/v1/chat/completions"))
                  .POST(HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      Sse stream = Sse.parse(response.body());
      JsonNode fox = new ObjectMapper().readTree(stream.join("/choices/0/delta/content"));
      assertThat(fox.at("/kind").asText()).isIn("fox", "crow");
      assertThat(fox.at("/legs").asInt()).isBetween(2, 4);
      assertThat(fox.at("/name").isTextual()).isTrue();
      JsonNode usage = stream.events().getLast().at("/usage");
      assertThat(usage.at("/completion_tokens_details/reasoning_tokens").asInt(-1)).isZero();
      assertThat(stream.done()).isTrue();
    }
  }

  @Test
  void theSdkMakesAnObjectOfTheAnswer() {
    StructuredChatCompletionCreateParams<Fox> params = chat().responseFormat(Fox.class).build();
    Fox fox =
        client
            .chat()
            .completions()
            .create(params)
            .choices()
            .getFirst()
            .message()
            .content()
            .orElseThrow();
    assertThat(fox.coat).isIn(Coat.RED, Coat.GREY);
    assertThat(fox.moral.age).isBetween(-9_999_999_999_999_999L, 9_999_999_999_999_999L);
  }

  @Test
  void aCallThatIsForcedIsACallOfThatFunctionWholeAndStreamed() {
    ChatCompletionCreateParams params =
        chat()
            .addTool(Fox.class)
            .toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)
            .parallelToolCalls(false)
            .build();
    ChatCompletionAccumulator accumulator = ChatCompletionAccumulator.create();
    try (StreamResponse<ChatCompletionChunk> stream =
        client.chat().completions().createStreaming(params)) {
      stream.stream().forEach(accumulator::accumulate);
    }
    assertIsCalled(accumulator.chatCompletion());
    assertIsCalled(client.chat().completions().create(params));
  }

  private static void assertIsCalled(ChatCompletion answer) {
    assertThat(answer.choices().getFirst().finishReason().asString()).isEqualTo("tool_calls");
    assertThat(answer.choices().getFirst().message().toolCalls().orElseThrow())
        .singleElement()
        .satisfies(
            call -> {
              Fox fox = call.asFunction().function().arguments(Fox.class);
              assertThat(fox.coat).isIn(Coat.RED, Coat.GREY);
            });
  }

  /** What the model is to say; no text, so that it ends soon. */
  static final class Fox {
    public Coat coat = Coat.RED;
    public boolean sly;
    public Moral moral = new Moral();
  }

  /** Nested, so that the SDK's schema has a reference or an inner object. */
  static final class Moral {
    public long age;
  }

  /** An enum of the schema. */
  enum Coat {
    RED,
    GREY
  }
}
