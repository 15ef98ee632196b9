package dev.flyball.cli.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.cli.console.CommandFailure;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HubReferenceTest {
  @Test
  void repositoryAndSelectorAreSeparated() {
    assertThat(HubReference.parse("hf:bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M"))
        .isEqualTo(
            new HubReference("bartowski", "Llama-3.2-1B-Instruct-GGUF", Optional.of("Q4_K_M")));
    assertThat(HubReference.parse("hf:o/r:sub/m.gguf").selector()).contains("sub/m.gguf");
    assertThat(HubReference.parse("hf:o/r").selector()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hf:",
        "hf:owner",
        "owner/repo",
        "hf:a/b/c",
        "hf:../b",
        "hf:a/..",
        "hf:a/b:",
        "hf:a/b:../c.gguf",
        "hf:a/b?x",
        "hf:a/b:q q"
      })
  void anythingElseIsRefusedWithAnExample(String text) {
    assertThatThrownBy(() -> HubReference.parse(text))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("hf:OWNER/REPO");
  }
}
