package dev.flyball.engine.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateLimitsTest {
  private static void assertBreaks(String source, String limit) {
    ChatTemplate template = ChatTemplates.compile(source);
    assertThatThrownBy(() -> template.render(Map.of()))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.error()).isEqualTo(EngineError.TEMPLATE_RENDER))
        .hasMessageStartingWith("chat template, line 1: the rendering goes beyond the limit of ")
        .hasMessageEndingWith(limit);
  }

  @Test
  void endlessRecursionOfMacrosEnds() {
    assertBreaks("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "levels of nested evaluation");
    assertBreaks(
        "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
        "levels of nested evaluation");
  }

  @Test
  void endlessRecursionOfALoopEnds() {
    assertBreaks(
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}", "levels of nested evaluation");
  }

  @Test
  void longChainOfOperatorsEnds() {
    assertBreaks("{{ 1" + "+1".repeat(100_000) + " }}", "levels of nested evaluation");
  }

  @Test
  void nestedLoopsEnd() {
    assertBreaks(
        "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        "steps");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ 'a' * 10**9 }}",
        "{{ 10**9 * 'a' }}",
        "{{ 'a'.ljust(10**9) }}",
        "{{ 'a'.zfill(10**9) }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '{:999999999}'.format(1) }}",
        "{{ 'a'|center(10**9) }}",
        "{{ 'a\\nb'|indent(10**9) }}",
        "{{ ('a' * 10**5).replace('a', 'b' * 10**5) }}",
        "{{ ('b' * 10**5).join('a' * 10**5) }}",
        "{{ [[1]]|tojson(indent=10**9) }}",
      })
  void longStringEnds(String source) {
    assertBreaks(source, "characters of text");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ range(10**9) }}",
        "{{ range(0, 10**18, 1)|list }}",
        "{{ [0] * 10**9 }}",
        "{{ (0,) * 10**9 }}",
        "{{ [1]|slice(10**9)|list }}",
        "{{ [1]|batch(10**9, 0)|list }}",
      })
  void longListEnds(String source) {
    assertBreaks(source, "items of a list");
  }

  @Test
  void doublingEnds() {
    assertBreaks(
        "{% set n = namespace(x='a') %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}",
        "characters of text");
    assertBreaks(
        "{% set n = namespace(x=[0]) %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}",
        "items of a list");
    assertBreaks(
        "{% set n = namespace(x=[0]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}"
            + "{% endfor %}{{ n.x }}",
        "steps");
  }

  @Test
  void searchOfALongNeedleEnds() {
    assertBreaks("{% set a = 'a' * 10**6 %}{{ a.find('a' * (5 * 10**5) ~ 'b') }}", "steps");
  }

  @Test
  void deepValueEnds() {
    assertBreaks(
        "{% set n = namespace(x=[]) %}{% for i in range(5000) %}{% set n.x = [n.x] %}{% endfor %}"
            + "{{ n.x }}",
        "levels of nested evaluation");
    assertBreaks(
        "{% set n = namespace() %}{% set n.x = n %}{{ n }}", "levels of nested evaluation");
  }

  @Test
  void hugeIntegerEnds() {
    assertThatThrownBy(() -> ChatTemplates.compile("{{ 10**(10**10) }}").render(Map.of()))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("beyond the limit of 4096 bits");
  }

  @Test
  void outputEnds() {
    TemplateLimits limits = new TemplateLimits(1000, 10, 1000, 100, 100, 100);
    ChatTemplate template =
        ChatTemplates.compile(
            "{% for i in range(30) %}abcd{% endfor %}",
            TemplateOptions.defaults().withLimits(limits));
    assertThatThrownBy(() -> template.render(Map.of()))
        .hasMessageContaining("beyond the limit of 100 characters of text");
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "[", "{0:", "-", "not ", "a[", "f(", "1 if 1 else ", "a|d("})
  void deepNestingIsASyntaxError(String opening) {
    assertThatThrownBy(() -> ChatTemplates.compile("{{ " + opening.repeat(100_000)))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.error()).isEqualTo(EngineError.TEMPLATE_SYNTAX));
    assertThatThrownBy(() -> ChatTemplates.compile("{{ " + opening.repeat(100_000) + " }}"))
        .isInstanceOf(EngineException.class);
  }

  @Test
  void deepNestingOfStatementsIsASyntaxError() {
    assertThatThrownBy(() -> ChatTemplates.compile("{% if 1 %}".repeat(10_000)))
        .hasMessageContaining("nested deeper than the limit of 200 levels");
  }

  @Test
  void longSourceIsASyntaxError() {
    assertThatThrownBy(() -> ChatTemplates.compile("a".repeat((1 << 20) + 1)))
        .hasMessageContaining("beyond the limit of 1048576");
  }

  @Test
  void aLongConversationStaysWithinTheLimits() {
    List<Map<String, String>> messages =
        java.util.Collections.nCopies(2000, Map.of("role", "user", "content", "word ".repeat(500)));
    ChatTemplate template =
        ChatTemplates.compile(
            "{% for m in messages %}{% if m.role == 'user' %}<|user|>{{ m['content']|trim }}"
                + "{% elif m.role == 'system' %}{{ m.content }}{% endif %}{% endfor %}");
    String text = template.render(Conversation.of(messages).variables(Map.of()));
    assertThat(text).hasSize(2000 * ("<|user|>".length() + 2499));
  }
}
