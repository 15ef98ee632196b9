package dev.flyball.engine.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.SharedFolder;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Templates of real models, as Jinja2 renders them with Hugging Face's settings. */
class GoldenTemplatesTest {
  @JsonIgnoreProperties(ignoreUnknown = true)
  private record GoldenFile(List<GoldenTemplate> templates) {}

  private record GoldenTemplate(String template, String source, List<GoldenCase> cases) {}

  @JsonIgnoreProperties(ignoreUnknown = true)
  private record GoldenCase(
      @JsonProperty("case") String name,
      Map<String, Object> input,
      @Nullable String output,
      @Nullable String error) {}

  private static final Map<String, String> SPECIAL_TOKENS =
      Map.of(
          "bos_token", "<BOS>",
          "eos_token", "<EOS>",
          "unk_token", "<UNK>",
          "pad_token", "<PAD>");

  private static final TemplateOptions OPTIONS =
      TemplateOptions.defaults()
          .withTime(InstantSource.fixed(Instant.parse("2026-11-21T09:30:00Z")), ZoneOffset.UTC);

  @Test
  void everyGoldenCaseRendersByteForByte() throws IOException {
    GoldenFile golden =
        new ObjectMapper()
            .readValue(
                SharedFolder.require("golden/chat-templates.json").toFile(), GoldenFile.class);
    List<String> disagreements = new ArrayList<>();
    int cases = 0;
    for (GoldenTemplate template : golden.templates()) {
      for (GoldenCase goldenCase : template.cases()) {
        cases++;
        disagreement(template, goldenCase).ifPresent(disagreements::add);
      }
    }
    System.out.printf(
        "chat-templates.json | %d templates | %d cases | %d agreed%n",
        golden.templates().size(), cases, cases - disagreements.size());
    assertThat(disagreements).isEmpty();
    assertThat(cases).isPositive();
  }

  private static Optional<String> disagreement(GoldenTemplate template, GoldenCase golden) {
    String where = template.template() + ", " + golden.name() + ": ";
    String rendered;
    try {
      rendered =
          ChatTemplates.compile(template.source(), OPTIONS)
              .render(Conversation.fromJson(golden.input()).variables(SPECIAL_TOKENS));
    } catch (EngineException e) {
      return golden.error() != null ? Optional.empty() : Optional.of(where + e.getMessage());
    }
    return rendered.equals(golden.output())
        ? Optional.empty()
        : Optional.of(where + "got\n" + rendered + "\nbut expected\n" + golden.output());
  }
}
