package dev.flyball.server.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.engine.GenerationRequest;
import dev.flyball.server.support.Sse;
import dev.flyball.server.support.TestServer;
import dev.flyball.server.support.TestServer.Answer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(Lifecycle.PER_CLASS)
final class ChatCompletionsTest {
  private static final String PATH = "/v1/chat/completions";

  private TestServer server;

  @BeforeAll
  void start(@TempDir Path folder) {
    server = TestServer.start(folder, "greeting", "failing");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private Answer chat(String moreFields) {
    return server.post(
        PATH, "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]" + moreFields + "}");
  }

  private GenerationRequest lastRequest() {
    return server.engine("greeting").lastRequest();
  }

  private String lastPrompt() {
    byte[] bytes = new byte[lastRequest().prompt().size() - 1];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) lastRequest().prompt().get(i + 1);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void answersWithTheWholeObject() {
    Answer answer = chat("");
    assertThat(answer.status()).isEqualTo(200);
    JsonNode json = answer.json();
    assertThat(json.at("/object").asText()).isEqualTo("chat.completion");
    assertThat(json.at("/id").asText()).startsWith("chatcmpl-");
    assertThat(json.at("/model").asText()).isEqualTo("greeting");
    assertThat(json.at("/choices/0/index").asInt()).isZero();
    assertThat(json.at("/choices/0/message/role").asText()).isEqualTo("assistant");
    assertThat(json.at("/choices/0/message/content").asText()).isEqualTo("Hello, wörld!");
    assertThat(json.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    assertThat(json.at("/usage/completion_tokens").asInt()).isEqualTo(4);
    assertThat(json.at("/usage/prompt_tokens").asInt()).isEqualTo(1 + "user: Hi\n".length());
    assertThat(answer.header("x-request-id")).startsWith("chatcmpl-");
  }

  @Test
  void everyParameterReachesTheEngine() {
    Answer answer =
        chat(
            """
            ,"temperature":0.5,"top_p":0.25,"top_k":7,"min_p":0.125,"repeat_penalty":1.5,
            "presence_penalty":-1,"frequency_penalty":2,"seed":-42,"logit_bias":{"65":-100},
            "stop":["a","b"],"max_completion_tokens":3,"ignore_eos":true,"user":"somebody"
            """);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().at("/choices/0/finish_reason").asText()).isEqualTo("length");
    GenerationRequest request = lastRequest();
    assertThat(request.maxTokens()).isEqualTo(3);
    assertThat(request.stop()).containsExactly("a", "b");
    assertThat(request.ignoreEos()).isTrue();
    assertThat(request.sampling().temperature()).isEqualTo(0.5);
    assertThat(request.sampling().topP()).isEqualTo(0.25);
    assertThat(request.sampling().topK()).isEqualTo(7);
    assertThat(request.sampling().minP()).isEqualTo(0.125);
    assertThat(request.sampling().repetitionPenalty()).isEqualTo(1.5);
    assertThat(request.sampling().presencePenalty()).isEqualTo(-1);
    assertThat(request.sampling().frequencyPenalty()).isEqualTo(2);
    assertThat(request.sampling().seed()).isEqualTo(OptionalLong.of(-42));
    assertThat(request.sampling().logitBias()).isEqualTo(Map.of(65, -100.0));
  }

  @Test
  void nullMeansAbsentAndUnknownFieldsAreIgnored() {
    assertThat(
            chat(",\"temperature\":null,\"stop\":null,\"tools\":null,\"stream\":null,\"x\":{}")
                .status())
        .isEqualTo(200);
    assertThat(lastRequest().sampling().temperature()).isEqualTo(1);
  }

  @Test
  void choicesComeInOrderWithSeedsThatFollowEachOther() {
    Answer answer = chat(",\"n\":3,\"seed\":5");
    assertThat(answer.json().at("/choices")).hasSize(3);
    for (int i = 0; i < 3; i++) {
      assertThat(answer.json().at("/choices/" + i + "/index").asInt()).isEqualTo(i);
    }
    assertThat(lastRequest().sampling().seed()).isEqualTo(OptionalLong.of(7));
    assertThat(answer.json().at("/usage/completion_tokens").asInt()).isEqualTo(12);
    assertThat(answer.json().at("/usage/prompt_tokens").asInt()).isEqualTo(10);
  }

  @Test
  void textPartsBecomeLinesAndDeveloperBecomesSystem() {
    server.post(
        PATH,
        """
        {"messages":[{"role":"developer","content":"Be brief"},
          {"role":"user","content":[{"type":"text","text":"one"},{"type":"text","text":"two"}]}]}
        """);
    assertThat(lastPrompt()).isEqualTo("system: Be brief\nuser: one\ntwo\n");
  }

  @Test
  void toolsAndToolCallsReachTheTemplateAsTrees() {
    Answer answer =
        server.post(
            PATH,
            """
            {"tools":[{"type":"function","function":{"name":"add"}}],"tool_choice":"auto",
             "messages":[{"role":"user","content":"1+2"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",
                "function":{"name":"add","arguments":"{\\"a\\":1}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"3"}]}
            """);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(lastPrompt())
        .isEqualTo(
            """
            tools: [{type=function, function={name=add}}]
            user: 1+2
            assistant: null [{id=c1, type=function, function={name=add, arguments={a=1}}}]
            tool: 3
            """);
  }

  @Test
  void logprobsHaveTokensBytesAndAlternatives() {
    JsonNode content =
        chat(",\"logprobs\":true,\"top_logprobs\":2").json().at("/choices/0/logprobs/content");
    assertThat(content).hasSize(4);
    assertThat(content.at("/0/token").asText()).isEqualTo("H");
    assertThat(content.at("/0/logprob").asDouble()).isEqualTo(-0.5);
    assertThat(content.at("/0/bytes/0").asInt()).isEqualTo('H');
    assertThat(content.at("/0/top_logprobs")).hasSize(2);
    assertThat(content.at("/0/top_logprobs/1/token").asText()).isEqualTo("I");
  }

  @Test
  void streamsRoleThenTextThenReasonThenUsage() {
    Answer answer = chat(",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).startsWith("text/event-stream");
    assertThat(answer.header("x-request-id")).startsWith("chatcmpl-");
    Sse sse = Sse.parse(answer.response().body());
    assertThat(sse.done()).isTrue();
    assertThat(sse.join("/choices/0/delta/content")).isEqualTo("Hello, wörld!");
    assertThat(sse.events().getFirst().at("/choices/0/delta/role").asText()).isEqualTo("assistant");
    int count = sse.events().size();
    assertThat(sse.events().get(count - 2).at("/choices/0/finish_reason").asText())
        .isEqualTo("stop");
    JsonNode last = sse.events().getLast();
    assertThat(last.at("/choices")).isEmpty();
    assertThat(last.at("/usage/total_tokens").asInt()).isEqualTo(14);
    assertThat(sse.events().getFirst().at("/usage").isNull()).isTrue();
    assertThat(sse.events())
        .allSatisfy(event -> assertThat(event.at("/id")).isEqualTo(last.at("/id")));
  }

  @Test
  void streamsSeveralChoicesWithTheirIndexes() {
    Sse sse = Sse.parse(chat(",\"stream\":true,\"n\":2").response().body());
    for (int choice = 0; choice < 2; choice++) {
      StringBuilder text = new StringBuilder();
      for (JsonNode event : sse.events()) {
        if (event.at("/choices/0/index").asInt() == choice) {
          text.append(event.at("/choices/0/delta/content").asText(""));
        }
      }
      assertThat(text.toString()).isEqualTo("Hello, wörld!");
    }
  }

  @Test
  void aFailureWithinAStreamIsItsLastEvent() {
    Answer answer = chat(",\"stream\":true,\"model\":\"failing\"");
    Sse sse = Sse.parse(answer.response().body());
    assertThat(sse.done()).isFalse();
    assertThat(sse.join("/choices/0/delta/content")).isEqualTo("so far ");
    JsonNode error = sse.events().getLast().at("/error");
    assertThat(error.at("/code").asText()).isEqualTo("internal_error");
    assertThat(error.at("/message").asText())
        .contains(answer.header("x-request-id"))
        .doesNotContain("secret");
  }

  @Test
  void aFailureOfTheEngineTellsNoSecrets() {
    Answer answer = chat(",\"model\":\"failing\"");
    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.errorCode()).isEqualTo("internal_error");
    assertThat(answer.response().body())
        .contains(answer.header("x-request-id"))
        .doesNotContain("secret");
  }

  @Test
  void aPromptBeyondTheContextIsRefused() {
    Answer answer =
        server.post(
            PATH, "{\"messages\":[{\"role\":\"user\",\"content\":\"" + "x".repeat(2000) + "\"}]}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.errorCode()).isEqualTo("context_length_exceeded");
  }

  @Test
  void aTemplateThatRefusesIsTheClientsAffair() {
    Answer answer =
        server.post(PATH, "{\"messages\":[{\"role\":\"user\",\"content\":\"refuse\"}]}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.errorCode()).isEqualTo("chat_template_refused");
    assertThat(answer.json().at("/error/message").asText()).contains("roles must alternate");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "temperature":"hot"                          | temperature        | invalid_type
          "temperature":2.5                            | temperature        | invalid_value
          "top_p":-1                                   | top_p              | invalid_value
          "top_k":1.5                                  | top_k              | invalid_type
          "max_tokens":0                               | max_tokens         | invalid_value
          "max_tokens":99999999999                     | max_tokens         | invalid_value
          "n":0                                        | n                  | invalid_value
          "n":17                                       | n                  | invalid_value
          "seed":1e3                                   | seed               | invalid_type
          "seed":99999999999999999999                  | seed               | invalid_value
          "stop":5                                     | stop               | invalid_type
          "stop":["a",""]                              | stop[1]            | invalid_value
          "stop":["\\ud800"]                           | stop[0]            | invalid_value
          "stream":1                                   | stream             | invalid_type
          "stream_options":{"include_usage":true}      | stream_options     | invalid_value
          "logprobs":3                                 | logprobs           | invalid_type
          "top_logprobs":3                             | top_logprobs       | invalid_value
          "logit_bias":{"x":1}                         | logit_bias         | invalid_value
          "logit_bias":{"1":101}                       | logit_bias.1       | invalid_value
          "keep_alive":"soon"                          | keep_alive         | invalid_value
          "model":7                                    | model              | invalid_type
          "tool_choice":"required"                     | tool_choice        | invalid_value
          "response_format":{"type":"yaml"}            | response_format.type | unsupported_parameter
          "response_format":{"type":"json_schema"}     | response_format.json_schema | missing_required_parameter
          "response_format":{"type":"json_schema","json_schema":{"schema":{"not":{}}}} | response_format.json_schema.schema | invalid_value
          "grammar":"root ::= x"                       | grammar            | invalid_value
          "guided_regex":"("                           | guided_regex       | invalid_value
          "regex":"a","json_schema":{}                 | regex              | invalid_value
          "functions":[{}]                             | functions          | unsupported_parameter
          "modalities":["text","audio"]                | modalities         | unsupported_parameter
          "tools":[{"type":"function"}]                | tools[0].function  | missing_required_parameter
          """)
  void aWrongFieldIsNamed(String field, String param, String code) {
    Answer answer = chat("," + field);
    assertThat(answer.status()).as(field).isEqualTo(400);
    assertThat(answer.json().at("/error/param").asText()).isEqualTo(param);
    assertThat(answer.errorCode()).isEqualTo(code);
    assertThat(answer.json().at("/error/type").asText()).isEqualTo("invalid_request_error");
    assertThat(answer.json().at("/error/message").asText()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                      | messages            | missing_required_parameter
          {"messages":[]}                                         | messages            | invalid_value
          {"messages":"hi"}                                       | messages            | invalid_type
          {"messages":[7]}                                        | messages[0]         | invalid_type
          {"messages":[{"content":"x"}]}                          | messages[0].role    | missing_required_parameter
          {"messages":[{"role":"king","content":"x"}]}            | messages[0].role    | invalid_value
          {"messages":[{"role":"user"}]}                          | messages[0].content | missing_required_parameter
          {"messages":[{"role":"user","content":{}}]}             | messages[0].content | invalid_type
          {"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]} | messages[0].content[0].image_url.url | invalid_value
          {"messages":[{"role":"assistant","tool_calls":[{}]}]}   | messages[0].tool_calls[0].function | missing_required_parameter
          """)
  void aWrongMessageIsNamed(String body, String param, String code) {
    Answer answer = server.post(PATH, body);
    assertThat(answer.status()).as(body).isEqualTo(400);
    assertThat(answer.json().at("/error/param").asText()).isEqualTo(param);
    assertThat(answer.errorCode()).isEqualTo(code);
  }

  @Test
  void whatIsNoJsonSaysWhere() {
    for (String body :
        List.of("", "{", "[]x", "{\"a\":1,\"a\":2}", "[".repeat(200), "{} {}", "{\"a\":NaN}")) {
      Answer answer = server.post(PATH, body);
      assertThat(answer.status()).as(body).isEqualTo(400);
      assertThat(answer.errorCode()).as(body).isIn("invalid_json", "invalid_type");
    }
  }

  @Test
  void anUnknownModelIsAnsweredWithThoseThatThereAre() {
    Answer answer = chat(",\"model\":\"gpt-5\"");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.errorCode()).isEqualTo("model_not_found");
    assertThat(answer.json().at("/error/message").asText())
        .contains("gpt-5")
        .contains("greeting, failing")
        .contains("flyball pull");
  }
}
