package dev.flyball.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A chat over redirected input, as a script would hold it. */
class ChatCommandTest {
  @TempDir Path home;

  @Test
  void answersAndEndsWithTheInput() {
    CommandLineRun chat = chat("Tell me a story.\n");

    assertThat(chat.status()).as(chat.err()).isZero();
    assertThat(chat.out()).contains("demo model").hasSizeGreaterThan(100);
    assertThat(chat.err()).isEmpty();
  }

  @Test
  void conversationIsSavedWithQuotedAndContinuedLines() throws IOException {
    Path file = home.resolve("talk.json");

    chat("\"\"\"\nfirst\n  second\n\"\"\"\none \\\ntwo\n/save " + file + "\n");

    JsonNode messages = new ObjectMapper().readTree(file.toFile()).path("messages");
    assertThat(messages).hasSize(4);
    assertThat(messages.path(0).path("content").asText()).isEqualTo("first\n  second");
    assertThat(messages.path(1).path("role").asText()).isEqualTo("assistant");
    assertThat(messages.path(2).path("content").asText()).isEqualTo("one \ntwo");
  }

  @Test
  void savedConversationIsLoadedAgain() {
    Path file = home.resolve("talk.json");
    chat("/system Be brief.\nHi\n/save " + file + "\n");

    CommandLineRun chat = chat("/load " + file + "\n/save " + home.resolve("copy.json") + "\n");

    assertThat(chat.out()).contains("2 messages loaded");
    assertThat(home.resolve("copy.json")).hasSameTextualContentAs(file);
  }

  @Test
  void conversationLongerThanTheContextGoesOnWithoutItsBeginning() {
    CommandLineRun chat = chat("Tell me a very long story about a fox.\n".repeat(6));

    assertThat(chat.status()).as(chat.err()).isZero();
    assertThat(chat.out()).contains("messages are left out").doesNotContain("! ");
  }

  @Test
  void settingsAreChangedAndMistakesTold() {
    CommandLineRun chat =
        chat("/set temperature 0\n/set\n/set colour red\n/set top_p 9\n/bogus\n/load nowhere\n");

    assertThat(chat.out())
        .contains("temperature 0.0")
        .contains("there is no setting colour")
        .contains("top_p must be")
        .contains("there is no /bogus")
        .contains("cannot read nowhere");
    assertThat(chat.status()).isZero();
  }

  @Test
  void exitEndsBeforeTheRest() {
    CommandLineRun chat = chat("/exit\n/help\n");

    assertThat(chat.out()).doesNotContain("/clear");
  }

  private CommandLineRun chat(String input) {
    return CommandLineRun.of(
        home, Map.of(), input, "chat", "--context", "160", "-n", "40", "--seed", "3");
  }
}
