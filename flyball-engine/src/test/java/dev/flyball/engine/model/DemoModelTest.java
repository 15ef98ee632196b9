package dev.flyball.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.engine.SharedFolder;
import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.units.TokenIds;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The demo model: trained weights, so that greedy text is the same over many tokens. */
class DemoModelTest {
  /**
   * llama.cpp rounds activations to F16 where weights are F16, which moves a logit by up to 0.02:
   * ids are certain while the margin is above twice that.
   */
  private static final double TOLERANCE = 0.02;

  @Test
  void demoModelTellsTheStoriesOfLlamaCpp() {
    JsonNode golden = GoldenModel.read(SharedFolder.require("models/golden.json"));
    Path file = SharedFolder.require("models/" + golden.get("model").asText());
    int compared = 0;
    try (LogitProbe probe = LogitProbe.open(file, ModelOptions.threads(2))) {
      for (JsonNode prompt : golden.get("prompts")) {
        TokenIds ids = TokenIds.of(GoldenModel.integers(prompt.get("tokens")));
        int[] expected = GoldenModel.integers(prompt.get("greedy_tokens"));
        List<LogitProbe.GreedyToken> actual = probe.greedy(ids, expected.length);
        for (int i = 0; i < expected.length && actual.get(i).margin() > 2 * TOLERANCE; i++) {
          assertThat(actual.get(i).token())
              .as("id %d after \"%s\"", i, prompt.get("prompt").asText())
              .isEqualTo(expected[i]);
          compared++;
        }
        checkTop(probe, ids, expected, prompt.get("top5_logits_first_4_generated_positions"));
      }
    }
    assertThat(compared).isGreaterThan(100);
  }

  private static void checkTop(LogitProbe probe, TokenIds ids, int[] greedy, JsonNode positions) {
    int[] text = Arrays.copyOf(ids.toArray(), ids.size() + positions.size());
    for (int position = 0; position < positions.size(); position++) {
      int length = ids.size() + position;
      float[] logits = probe.logits(TokenIds.of(Arrays.copyOf(text, length)));
      for (JsonNode top : positions.get(position)) {
        assertThat((double) logits[top.get(0).asInt()])
            .isCloseTo(top.get(1).asDouble(), offset(TOLERANCE));
      }
      text[length] = greedy[position];
    }
  }
}
