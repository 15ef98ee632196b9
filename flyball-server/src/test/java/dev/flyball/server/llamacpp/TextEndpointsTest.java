package dev.flyball.server.llamacpp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.server.support.TestServer;
import dev.flyball.server.support.TestServer.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
final class TextEndpointsTest {
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
  void tokenizesWithAndWithoutSpecialTokens() {
    assertThat(server.post("/tokenize", "{\"content\":\"Hi\"}").json().toString())
        .isEqualTo("{\"tokens\":[72,105]}");
    assertThat(
            server.post("/tokenize", "{\"content\":\"Hi\",\"add_special\":true}").json().toString())
        .isEqualTo("{\"tokens\":[256,72,105]}");
  }

  @Test
  void piecesAreTextOrBytesWhereTheyAreNone() {
    assertThat(
            server.post("/tokenize", "{\"content\":\"aé\",\"with_pieces\":true}").json().toString())
        .isEqualTo(
            "{\"tokens\":[{\"id\":97,\"piece\":\"a\"},{\"id\":195,\"piece\":[195]},{\"id\":169,\"piece\":[169]}]}");
  }

  @Test
  void detokenizesAndNamesATokenThatDoesNotExist() {
    assertThat(server.post("/detokenize", "{\"tokens\":[256,72,105]}").json().toString())
        .isEqualTo("{\"content\":\"<s>Hi\"}");
    Answer answer = server.post("/detokenize", "{\"tokens\":[72,300]}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/error/param").asText()).isEqualTo("tokens[1]");
  }

  @Test
  void appliesTheTemplate() {
    assertThat(
            server
                .post(
                    "/apply-template",
                    "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"model\":\"greeting\"}")
                .json()
                .toString())
        .isEqualTo("{\"prompt\":\"user: Hi\\n\"}");
  }
}
