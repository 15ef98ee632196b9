package dev.flyball.cli.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.cli.console.CommandFailure;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ModelVariantsTest {
  @Test
  void fourBitKQuantizationIsPreferred() {
    assertThat(chosen(Optional.empty(), "m-F16.gguf", "m-Q8_0.gguf", "m-Q4_K_M.gguf"))
        .containsExactly("m-Q4_K_M.gguf");
  }

  @Test
  void nextBestIsTakenWhereItIsMissing() {
    assertThat(chosen(Optional.empty(), "m-F16.gguf", "m-Q8_0.gguf", "m-Q5_0.gguf"))
        .containsExactly("m-Q5_0.gguf");
  }

  @Test
  void onlyModelIsTakenWhateverItIsCalled() {
    assertThat(chosen(Optional.empty(), "ggml.gguf", "mmproj-F16.gguf", "README.md"))
        .containsExactly("ggml.gguf");
  }

  @Test
  void quantizationIsAWholeWordInAnyCase() {
    assertThat(chosen(Optional.of("q4_k"), "m-Q4_K_M.gguf", "m-Q4_K.gguf"))
        .containsExactly("m-Q4_K.gguf");
    assertThat(chosen(Optional.of("Q8_0"), "Q8_0/m-a.gguf", "Q4_0/m-a.gguf"))
        .containsExactly("Q8_0/m-a.gguf");
  }

  @Test
  void splitModelIsTakenWhole() {
    String[] files = {"b/m-Q8_0-00002-of-00002.gguf", "b/m-Q8_0-00001-of-00002.gguf", "m-F16.gguf"};
    String[] parts = {"b/m-Q8_0-00001-of-00002.gguf", "b/m-Q8_0-00002-of-00002.gguf"};

    assertThat(chosen(Optional.of("Q8_0"), files)).containsExactly(parts);
    assertThat(chosen(Optional.of(parts[1]), files)).containsExactly(parts);
  }

  @Test
  void missingPartIsAnError() {
    assertThatThrownBy(() -> chosen(Optional.empty(), "m-00001-of-00003.gguf"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("split into 3 files, but the repository has 1");
  }

  @Test
  void unknownQuantizationIsAnsweredWithWhatThereIs() {
    assertThatThrownBy(() -> chosen(Optional.of("Q2_K"), "m-Q8_0.gguf", "m-F16.gguf"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("no quantization Q2_K")
        .hasMessageContaining("m-Q8_0 (10 B)");
  }

  @Test
  void ambiguousQuantizationAsksForTheFile() {
    assertThatThrownBy(() -> chosen(Optional.of("Q8_0"), "a-Q8_0.gguf", "b-Q8_0.gguf"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("name a file: a-Q8_0.gguf, b-Q8_0.gguf");
  }

  @Test
  void repositoryWithoutModelsIsAnError() {
    assertThatThrownBy(() -> chosen(Optional.empty(), "model.safetensors"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining("has no GGUF model");
  }

  private static List<String> chosen(Optional<String> selector, String... paths) {
    return ModelVariants.of(
            "owner/repo",
            Stream.of(paths)
                .map(path -> new HubFile(path, 10, new Checksum.Sha256("0".repeat(64))))
                .toList())
        .choose(selector)
        .files()
        .stream()
        .map(HubFile::path)
        .toList();
  }
}
