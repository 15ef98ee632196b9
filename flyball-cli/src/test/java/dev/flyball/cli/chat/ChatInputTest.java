package dev.flyball.cli.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ChatInputTest {
  @Test
  void wordsAreForTheModel() {
    assertThat(ChatInput.parse("  tell me more ")).isEqualTo(new ChatInput.Say("tell me more"));
    assertThat(ChatInput.parse("//etc is a folder"))
        .isEqualTo(new ChatInput.Say("/etc is a folder"));
    assertThat(ChatInput.parse(" \n ")).isEqualTo(new ChatInput.Empty());
  }

  @Test
  void commandsAreRecognisedInAnyCase() {
    assertThat(ChatInput.parse("/HELP")).isEqualTo(new ChatInput.Help());
    assertThat(ChatInput.parse("/clear")).isEqualTo(new ChatInput.Clear());
    assertThat(ChatInput.parse("/exit")).isEqualTo(new ChatInput.Exit());
    assertThat(ChatInput.parse("/system Be brief. Always."))
        .isEqualTo(new ChatInput.TellFirst("Be brief. Always."));
    assertThat(ChatInput.parse("/save my talk.json"))
        .isEqualTo(new ChatInput.Save(Path.of("my talk.json")));
  }

  @Test
  void settingsAreWrittenWithSpaceOrEqualsSign() {
    ChatInput expected = new ChatInput.Set("temperature", "0.5");

    assertThat(ChatInput.parse("/set temperature 0.5")).isEqualTo(expected);
    assertThat(ChatInput.parse("/set temperature=0.5")).isEqualTo(expected);
    assertThat(ChatInput.parse("/set")).isEqualTo(new ChatInput.ShowSettings());
  }

  @Test
  void mistakesAreAnsweredWithTheRightForm() {
    assertThat(ChatInput.parse("/bogus"))
        .isInstanceOfSatisfying(
            ChatInput.Misunderstood.class, wrong -> assertThat(wrong.problem()).contains("/help"));
    assertThat(ChatInput.parse("/set temperature")).isInstanceOf(ChatInput.Misunderstood.class);
    assertThat(ChatInput.parse("/save")).isInstanceOf(ChatInput.Misunderstood.class);
  }
}
