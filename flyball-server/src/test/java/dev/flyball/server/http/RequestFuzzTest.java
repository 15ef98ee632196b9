package dev.flyball.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.server.support.TestServer;
import dev.flyball.server.support.TestServer.Answer;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mutated requests get an answer or a refusal, never a failure of the server. */
final class RequestFuzzTest {
  private static final int ROUNDS = 2000;

  private static final List<String> PATHS =
      List.of(
          "/v1/chat/completions",
          "/v1/completions",
          "/v1/embeddings",
          "/tokenize",
          "/detokenize",
          "/apply-template");

  private static final List<String> SEEDS =
      List.of(
          """
          {"model":"greeting","messages":[{"role":"system","content":"x"},{"role":"user","content":
          [{"type":"text","text":"y"}]},{"role":"assistant","content":null,"tool_calls":[{"id":"1",
          "type":"function","function":{"name":"f","arguments":"{\\"a\\":[1]}"}}]}],"tools":[{"type":
          "function","function":{"name":"f"}}],"temperature":0.7,"top_p":0.9,"n":2,"seed":1,
          "stop":["a"],"logit_bias":{"5":1},"logprobs":true,"top_logprobs":2,"stream":true,
          "stream_options":{"include_usage":true},"keep_alive":"5m","max_tokens":5}
          """,
          """
          {"prompt":["a",[1,2],"\\ud83d\\ude00"],"max_tokens":3,"echo":true,"best_of":1,"n":1,
          "logprobs":null,"stop":"x","top_k":-1,"min_p":0,"presence_penalty":-2}
          """,
          """
          {"input":["a","b"],"encoding_format":"base64","dimensions":4,"model":null}
          """,
          """
          {"content":"some text","tokens":[1,2,300,-4],"add_special":true,"with_pieces":true}
          """);

  private static final List<String> SNIPPETS =
      List.of(
          "null",
          "true",
          "-1",
          "1e999",
          "0.1",
          "\"\"",
          "{}",
          "[]",
          "[[",
          "}}",
          "\\ud800",
          "\"\\udc00\"",
          "99999999999999999999",
          "\u0000",
          "é",
          "😀",
          ",",
          ":",
          "\"",
          "NaN",
          "\"messages\":",
          "\"prompt\":",
          "[".repeat(120));

  @Test
  void everyMutationIsAnsweredOrRefused(@TempDir Path folder) {
    long seed = System.nanoTime();
    System.out.println("request fuzz seed " + seed);
    Random random = new Random(seed);
    try (TestServer server = TestServer.start(folder, "greeting")) {
      int answered = 0;
      for (int round = 0; round < ROUNDS; round++) {
        String path = PATHS.get(random.nextInt(PATHS.size()));
        byte[] body = mutate(random);
        Answer answer =
            server.send(
                server.request(path).POST(HttpRequest.BodyPublishers.ofByteArray(body)).build());
        assertThat(answer.status())
            .as(
                "seed %d round %d %s %s",
                seed, round, path, new String(body, StandardCharsets.UTF_8))
            .isIn(200, 400, 404);
        answered += answer.status() == 200 ? 1 : 0;
      }
      assertThat(answered).as("some mutations leave requests valid").isPositive();
    }
  }

  private static byte[] mutate(Random random) {
    StringBuilder text = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
    int changes = random.nextInt(3);
    for (int change = 0; change < changes; change++) {
      int from = random.nextInt(text.length());
      int to = Math.min(text.length(), from + random.nextInt(8));
      switch (random.nextInt(4)) {
        case 0 -> text.delete(from, to);
        case 1 -> text.insert(from, SNIPPETS.get(random.nextInt(SNIPPETS.size())));
        case 2 -> text.replace(from, to, SNIPPETS.get(random.nextInt(SNIPPETS.size())));
        default -> text.insert(from, text.substring(from, to));
      }
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    if (random.nextInt(10) == 0 && bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return bytes;
  }
}
