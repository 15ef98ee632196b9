package dev.flyball.engine.speculate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DraftFilesTest {
  @Test
  void aModelHasItsOwnDraftModelOrThatOfAll() {
    DraftFiles files = DraftFiles.parse(List.of("all.gguf", "Llama=small.gguf"));
    assertThat(files.of(List.of("llama"))).contains(Path.of("small.gguf"));
    assertThat(files.of(List.of("other", "LLAMA"))).contains(Path.of("small.gguf"));
    assertThat(files.of(List.of("qwen"))).contains(Path.of("all.gguf"));
    assertThat(DraftFiles.parse(List.of("llama=x")).of(List.of("qwen"))).isEmpty();
  }

  @Test
  void aFileWithAnEqualsSignIsGivenForAllModels() {
    assertThat(DraftFiles.parse(List.of("*=a=b.gguf")).ofAll()).contains(Path.of("a=b.gguf"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "=x", "model=", "a,b", "m=a,M=b"})
  void whatIsNamedTwiceOrNotAtAllIsRefused(String entries) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DraftFiles.parse(List.of(entries.split(",", -1))))
        .withMessageContaining("draft model");
  }

  @Test
  void onlyADraftModelOfTheModelItselfMustFit() {
    SpeculationOptions options =
        SpeculationOptions.of(
            SpeculationMode.AUTO, DraftFiles.parse(List.of("all.gguf", "llama=small.gguf")));
    assertThat(options.mustFit(List.of("llama"))).isTrue();
    assertThat(options.mustFit(List.of("qwen"))).isFalse();
    assertThat(options.forOneModel().mustFit(List.of("qwen"))).isTrue();
    assertThat(options.forModel("LLAMA").usedDraft(List.of("file-name")))
        .contains(Path.of("small.gguf"));
    assertThat(options.forModel("LLAMA").mustFit(List.of("file-name"))).isTrue();
  }
}
