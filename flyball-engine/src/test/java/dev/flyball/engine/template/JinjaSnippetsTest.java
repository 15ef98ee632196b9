package dev.flyball.engine.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.engine.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every feature of the language in snippets of our own, against what Jinja2 made of them; {@code
 * jinja-snippets.py} beside the data computes it anew.
 */
class JinjaSnippetsTest {
  private record Snippets(Map<String, Object> context, List<Snippet> cases) {}

  private record Snippet(String source, @Nullable String output, @Nullable String error) {}

  private static final TemplateOptions OPTIONS =
      TemplateOptions.defaults()
          .withTime(InstantSource.fixed(Instant.parse("2026-11-21T09:30:00Z")), ZoneOffset.UTC);

  @Test
  void everySnippetRendersOrFailsAsInJinja() throws IOException {
    Snippets snippets = read();
    List<String> disagreements = new ArrayList<>();
    for (Snippet snippet : snippets.cases()) {
      String expected = snippet.error() == null ? "text " + snippet.output() : "an error";
      String actual = outcome(snippet.source(), snippets.context());
      if (!actual.equals(expected)) {
        disagreements.add("%s%n  gives %s%n  not %s".formatted(snippet.source(), actual, expected));
      }
    }
    System.out.printf(
        "jinja-snippets.json | %d cases | %d agreed%n",
        snippets.cases().size(), snippets.cases().size() - disagreements.size());
    assertThat(disagreements).isEmpty();
    assertThat(snippets.cases()).hasSizeGreaterThan(1000);
  }

  private static Snippets read() throws IOException {
    try (InputStream file = JinjaSnippetsTest.class.getResourceAsStream("jinja-snippets.json")) {
      return new ObjectMapper().readValue(Objects.requireNonNull(file), Snippets.class);
    }
  }

  private static String outcome(String source, Map<String, Object> context) {
    try {
      return "text " + ChatTemplates.compile(source, OPTIONS).render(context);
    } catch (EngineException e) {
      return "an error";
    }
  }
}
