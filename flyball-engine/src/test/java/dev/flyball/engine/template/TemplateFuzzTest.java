package dev.flyball.engine.template;

import static org.assertj.core.api.Assertions.fail;

import dev.flyball.engine.EngineException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the source, a template ends in a text or in an error of its own. */
class TemplateFuzzTest {
  private static final long SEED = 20261121;
  private static final int ROUNDS = 20_000;

  private static final TemplateOptions OPTIONS =
      TemplateOptions.defaults()
          .withLimits(new TemplateLimits(100_000, 100, 20_000, 300, 100_000, 10_000));

  private static final Map<String, Object> INPUT =
      Map.of(
          "messages",
          List.of(
              Map.of("role", "user", "content", "Hi \ud83d\ude00"),
              Map.of("role", "tool", "content", List.of(1, 2.5, true))),
          "s",
          "text",
          "n",
          3,
          "d",
          Map.of("a", 1));

  private static final List<String> PIECES =
      List.of(
          "{{",
          "}}",
          "{%",
          "%}",
          "{#",
          "#}",
          "-%}",
          "{%-",
          "{{-",
          " ",
          "\n",
          "if",
          "else",
          "elif",
          "endif",
          "for",
          "in",
          "endfor",
          "set",
          "endset",
          "macro",
          "endmacro",
          "call",
          "endcall",
          "filter",
          "endfilter",
          "raw",
          "endraw",
          "generation",
          "endgeneration",
          "break",
          "continue",
          "recursive",
          "with",
          "endwith",
          "is",
          "not",
          "and",
          "or",
          "none",
          "true",
          "messages",
          "s",
          "n",
          "d",
          "m",
          "loop",
          "loop.index",
          "namespace",
          "range",
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          ",",
          ":",
          ".",
          "|",
          "~",
          "+",
          "-",
          "*",
          "**",
          "/",
          "//",
          "%",
          "==",
          "<",
          "=",
          "'a'",
          "\"b\"",
          "'",
          "\\",
          "1",
          "2.5",
          "10",
          "tojson",
          "length",
          "join",
          "map",
          "select",
          "selectattr",
          "sort",
          "groupby",
          "batch",
          "slice",
          "indent",
          "format",
          "replace",
          "split",
          "strip",
          "items",
          "get",
          "defined",
          "string",
          "mapping",
          "%s",
          "{}",
          "\ud83d\ude00",
          "\u00e9");

  private static final List<String> TEMPLATES =
      List.of(
          "{% for m in messages if m.role != 'x' %}{{ loop.index }}{{ m['content'] }}{% endfor %}",
          "{% macro f(a, b=2) %}{{ a ~ b }}{{ varargs }}{% endmacro %}{{ f(1, *[2, 3], **d) }}",
          "{%- set ns = namespace(x=0) -%}{% for i in range(n) %}{% set ns.x = ns.x + i * 2 %}"
              + "{% if i is odd %}{% continue %}{% endif %}{{ ns.x }}{%- endfor %}",
          "{{ messages|selectattr('role', 'eq', 'user')|map(attribute='content')|join(', ') }}",
          "{{ s[1:-1]|upper|replace('E', 'xx') ~ '%05.2f' % 3.14159 ~ '{:>8}'.format(s) }}",
          "{% call(x) f(1) %}{{ x }}{% endcall %}{% filter upper %}{{ s }}{% endfilter %}",
          "{{ messages|tojson(indent=2) if s is string and n in [1, 2, 3] else d.items()|list }}",
          "{% for i in [[1, [2]], 3] recursive %}{{ loop(i) if i is iterable else i }}{% endfor %}");

  @Test
  void randomTokensEndInTextOrError() {
    Random random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      StringBuilder source = new StringBuilder(random.nextBoolean() ? "{{ " : "{% ");
      int pieces = 1 + random.nextInt(30);
      for (int i = 0; i < pieces; i++) {
        source.append(PIECES.get(random.nextInt(PIECES.size())));
        source.append(random.nextInt(3) == 0 ? "" : " ");
      }
      source.append(random.nextBoolean() ? " }}" : " %}");
      assertEnds(source.toString(), round);
    }
  }

  @Test
  void mutatedTemplatesEndInTextOrError() {
    Random random = new Random(SEED + 1);
    for (int round = 0; round < ROUNDS; round++) {
      StringBuilder source = new StringBuilder(TEMPLATES.get(random.nextInt(TEMPLATES.size())));
      int mutations = 1 + random.nextInt(4);
      for (int i = 0; i < mutations; i++) {
        mutate(source, random);
      }
      assertEnds(source.toString(), round);
    }
  }

  private static void mutate(StringBuilder source, Random random) {
    int from = random.nextInt(source.length() + 1);
    int to = Math.min(from + random.nextInt(6), source.length());
    String piece = PIECES.get(random.nextInt(PIECES.size()));
    switch (random.nextInt(4)) {
      case 0 -> source.delete(from, to);
      case 1 -> source.insert(from, piece);
      case 2 -> source.replace(from, to, piece);
      default -> source.insert(from, source.substring(from, to));
    }
  }

  private static void assertEnds(String source, int round) {
    try {
      ChatTemplates.compile(source, OPTIONS).render(INPUT);
    } catch (EngineException expected) {
      // An error of its own is one of the two right ends.
    } catch (RuntimeException | Error e) {
      fail("seed %d, round %d: %s".formatted(SEED, round, source), e);
    }
  }
}
