package dev.flyball.engine.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChatTemplateTest {
  private static final List<Map<String, String>> MESSAGES =
      List.of(
          Map.of("role", "user", "content", "Hi"), Map.of("role", "assistant", "content", "Hello"));

  @Test
  void sourceIsKept() {
    assertThat(ChatTemplates.compile("{{ 1 }}\n").source()).isEqualTo("{{ 1 }}\n");
  }

  @Test
  void everyTypeOfTheInputIsUnderstood() {
    Map<String, Object> input =
        Map.of(
            "values",
            Arrays.asList(
                null, true, 1, 2L, 1.5f, 2.5, new BigInteger("18446744073709551615"), "s"));
    assertThat(ChatTemplates.compile("{{ values|tojson }}").render(input))
        .isEqualTo("[null, true, 1, 2, 1.5, 2.5, 18446744073709551615, \"s\"]");
  }

  @Test
  void clockAndZoneAreInjected() {
    TemplateOptions options =
        TemplateOptions.defaults()
            .withTime(
                InstantSource.fixed(Instant.parse("2024-12-31T23:05:09Z")),
                ZoneId.of("Asia/Kolkata"));
    assertThat(
            ChatTemplates.compile("{{ strftime_now('%d %b %Y %-I:%M %p') }}", options)
                .render(Map.of()))
        .isEqualTo("01 Jan 2025 4:35 AM");
  }

  @Test
  void everyMonthHasItsThreeLetters() {
    List<String> months =
        IntStream.rangeClosed(1, 12)
            .mapToObj("2026-%02d-15T00:00:00Z"::formatted)
            .map(Instant::parse)
            .map(time -> Strftime.format(time.atZone(ZoneId.of("UTC")), "%b"))
            .toList();
    assertThat(months)
        .containsExactly(
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");
  }

  @Test
  void renderingsAtTheSameTimeDoNotTouchEachOther() {
    ChatTemplate template =
        ChatTemplates.compile(
            "{% set n = namespace(x=0) %}{% for i in range(k) %}{% set n.x = n.x + i %}{% endfor %}"
                + "{{ n.x }}");
    List<String> texts =
        IntStream.range(0, 500).parallel().mapToObj(k -> template.render(Map.of("k", k))).toList();
    assertThat(texts)
        .containsExactlyElementsOf(
            IntStream.range(0, 500).mapToObj(k -> String.valueOf(k * (k - 1) / 2)).toList());
  }

  @Test
  void conversationNamesItsVariables() {
    Map<String, Object> json =
        Map.of(
            "messages", MESSAGES,
            "add_generation_prompt", false,
            "enable_thinking", true);
    String source =
        "{{ bos_token }}{{ messages|length }}{{ tools }}{{ documents }}{{ add_generation_prompt }}"
            + "{{ enable_thinking }}{{ eos_token is defined }}";
    assertThat(
            ChatTemplates.compile(source)
                .render(Conversation.fromJson(json).variables(Map.of("bos_token", "<s>"))))
        .isEqualTo("<s>2NoneNoneFalseTrueFalse");
  }

  @Test
  void assistantSpeaksNextUnlessTheConversationSaysOtherwise() {
    assertThat(Conversation.fromJson(Map.of("messages", MESSAGES)))
        .isEqualTo(Conversation.of(MESSAGES));
    assertThat(Conversation.of(MESSAGES).addGenerationPrompt()).isTrue();
  }

  @Test
  void conversationNamesTheKeyOfTheWrongType() {
    assertThatThrownBy(() -> Conversation.fromJson(Map.of()))
        .hasMessage("conversation: \"messages\" must be a list of messages");
    assertThatThrownBy(() -> Conversation.fromJson(Map.of("messages", "Hi")))
        .hasMessage("conversation: \"messages\" must be a list");
    assertThatThrownBy(() -> Conversation.fromJson(Map.of("messages", MESSAGES, "tools", Map.of())))
        .hasMessage("conversation: \"tools\" must be a list");
    assertThatThrownBy(
            () ->
                Conversation.fromJson(Map.of("messages", MESSAGES, "add_generation_prompt", "yes")))
        .hasMessage("conversation: \"add_generation_prompt\" must be true or false");
  }

  @Test
  void inputNeedNotBeMutable() {
    Map<String, Object> input =
        Map.of("d", Collections.unmodifiableMap(Map.of("a", List.of(3, 1, 2))));
    assertThat(
            ChatTemplates.compile("{{ d.a|sort }}{{ dict(d, b=1)|length }}{{ d.a[::-1] }}")
                .render(input))
        .isEqualTo("[1, 2, 3]2[2, 1, 3]");
  }
}
