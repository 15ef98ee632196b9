package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.engine.grammar.Grammar;
import dev.flyball.engine.sample.SamplingParams;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The model that ships, held to grammars. */
class StructuredOutputTest {
  private static final Map<String, Object> SCHEMA =
      Map.of(
          "type", "object",
          "properties",
              Map.of(
                  "animal", Map.of("enum", List.of("fox", "crow")),
                  "age", Map.of("type", "integer", "minimum", 1, "maximum", 40),
                  "tale", Map.of("type", "string", "maxLength", 30)),
          "required", List.of("animal", "age", "tale"));

  @Test
  void whatFinishesFollowsItsGrammarWhateverTheSeed() throws Exception {
    try (Engine engine =
        new LocalEngines()
            .load(
                SharedFolder.repositoryRoot().resolve("models/fable-5m-q8_0.gguf"),
                EngineOptions.DEFAULT)) {
      for (long seed = 1; seed <= 12; seed++) {
        String json = run(engine, Grammar.ofJsonSchema(SCHEMA), seed, 120);
        JsonNode value = new ObjectMapper().readTree(json);
        assertThat(value.get("animal").textValue()).as(json).isIn("fox", "crow");
        assertThat(value.get("age").intValue()).as(json).isBetween(1, 40);
        assertThat(value.get("tale").textValue()).as(json).hasSizeLessThanOrEqualTo(60);
        assertThat(run(engine, Grammar.ofRegex("(yes|no), [a-z]{3,5}!"), seed, 40))
            .matches("(yes|no), [a-z]{3,5}!");
        assertThat(run(engine, Grammar.ofGbnf("root ::= [A-Z] [a-z]{2,6} \".\""), seed, 40))
            .matches("[A-Z][a-z]{2,6}\\.");
      }
    }
  }

  private static String run(Engine engine, Grammar grammar, long seed, int maxTokens) {
    SamplingParams sampling =
        new SamplingParams(1.2, 0, 1, 0, 1, 0, 0, Map.of(), OptionalLong.of(seed));
    RecordingListener listener = new RecordingListener();
    GenerationRequest request =
        new GenerationRequest(
                "structured",
                engine.tokenizer().encode("Once upon a time", true, true),
                sampling,
                maxTokens,
                List.of(),
                false,
                false,
                0)
            .withGrammar(Optional.of(grammar));
    assertThat(engine.submit(request, listener)).isInstanceOf(Submission.Accepted.class);
    assertThat(listener.result().reason()).isEqualTo(FinishReason.STOP);
    return listener.text();
  }
}
