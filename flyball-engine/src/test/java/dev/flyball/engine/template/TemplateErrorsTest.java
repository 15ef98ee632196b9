package dev.flyball.engine.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateErrorsTest {
  private static void assertFails(ThrowingCallable action, EngineError error, String message) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(EngineException.class, e -> assertThat(e.error()).isEqualTo(error))
        .hasMessage(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '`',
      value = {
        "{{ 1 + }} § 1 § expected an expression, found '}}'",
        "a\\n{% if x %} § 2 § expected '{% elif %}' or '{% else %}' or '{% endif %}', found the end"
            + " of the template",
        "\\n\\n{% for x of y %} § 3 § expected 'in', found 'of'",
        "{{ 'abc }} § 1 § expected ' to close the string",
        "{{ a § 1 § expected '}}' before the end of the template",
        "{# a § 1 § expected '#}' before the end of the template",
        "{% raw %} § 1 § expected '{% endraw %}' before the end of the template",
        "{{ (1] }} § 1 § expected ')', found ']'",
        "{{ ) }} § 1 § unexpected ')'",
        "{{ ? }} § 1 § unexpected character '?'",
        "a\\n{{ x|nope }} § 2 § there is no filter named 'nope'",
        "a\\n{{ x is nope }} § 2 § there is no test named 'nope'",
        "{% include 'x' %} § 1 § there is no tag named 'include'",
        "{% continue %} § 1 § 'continue' is allowed in a loop only",
        "{% set none = 1 %} § 1 § expected a variable's name, found 'none'",
        "{% macro m(a=1, b) %}{% endmacro %} § 1 § expected '=' and a default, as the parameter"
            + " before has one, found ')'",
        "{{ f(a=1, 2) }} § 1 § expected a named argument, found '2'",
        "{{ '\\\\xZZ' }} § 1 § expected 2 hexadecimal digits after the escape",
      })
  void syntaxErrorNamesLineAndWhatWasExpected(String source, int line, String message) {
    String unescaped = source.replace("\\n", "\n").replace("\\\\", "\\");
    assertFails(
        () -> ChatTemplates.compile(unescaped),
        EngineError.TEMPLATE_SYNTAX,
        "chat template, line " + line + ": " + message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '§',
      quoteCharacter = '`',
      value = {
        "a\\n{{ raise_exception('no ' ~ 1) }} § 2 § no 1",
        "{{ missing.x }} § 1 § 'missing' is undefined",
        "{% if true %}\\n{{ d.x.y }}\\n{% endif %} § 2 § a value of type dict has no 'x'",
        "{{ 'a' + 1 }} § 1 § there is no '+' for values of type str and int",
        "{{ 1 < 'a' }} § 1 § there is no order for values of type int and str",
        "{% for x in none %}{% endfor %} § 1 § a value of type none has no items",
        "{{ [].append(1) }} § 1 § 'append' of a value of type list may not be used",
        "{{ 5() }} § 1 § the call: a value of type int cannot be called",
        "{{ 1 // 0 }} § 1 § division by zero",
        "{% macro m(a) %}\\n{{ a.b.c }}{% endmacro %}\\n\\n{{ m({}) }} § 2 § a value of type dict has"
            + " no 'b'",
        "{% if true %}{{ 1|nope }}{% endif %} § 1 § there is no filter named 'nope'",
        "{{ 'a'|replace('b') }} § 1 § filter replace lacks its argument 'new'",
        "{{ 'a'|trim(1) }} § 1 § filter trim: 'chars' must be a string, not of type int",
        "{{ 'a'|trim(x=1) }} § 1 § filter trim has no parameter 'x'",
        "{{ {[]: 1} }} § 1 § a value of type list cannot be a key of a dict",
      })
  void renderErrorNamesLineAndCause(String source, int line, String message) {
    ChatTemplate template = ChatTemplates.compile(source.replace("\\n", "\n"));
    assertFails(
        () -> template.render(Map.of("d", Map.of())),
        EngineError.TEMPLATE_RENDER,
        "chat template, line " + line + ": " + message);
  }

  @Test
  void unknownFilterIsNoErrorWhereItIsNotReached() {
    String source = "{% if x is string %}{{ x|from_json }}{% else %}fine{% endif %}";
    assertThat(ChatTemplates.compile(source).render(Map.of())).isEqualTo("fine");
    assertThat(ChatTemplates.compile("{{ 1|nope if false else 2 }}").render(Map.of()))
        .isEqualTo("2");
  }

  @Test
  void inputOfAnotherTypeIsRefused() {
    ChatTemplate template = ChatTemplates.compile("{{ x }}");
    assertThatThrownBy(() -> template.render(Map.of("x", new Object())))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("class java.lang.Object");
    assertThatThrownBy(() -> template.render(Map.of("x", Map.of(1, 2))))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("a key that is no string");
  }
}
