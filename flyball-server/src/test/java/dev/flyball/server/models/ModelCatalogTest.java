package dev.flyball.server.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ModelCatalogTest {
  @TempDir Path folder;

  private Path file(String path, int bytes) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.write(file, new byte[bytes]);
  }

  private ModelCatalog catalog(Path... files) {
    return new ModelCatalog(folder, List.of(files));
  }

  private List<String> names(Path... files) {
    return catalog(files).list().stream().map(CatalogModel::name).toList();
  }

  @Test
  void pulledModelsAreNamedByOwnerRepositoryAndType() throws IOException {
    file("hf/bartowski/Llama-3.2-1B-GGUF/Llama-3.2-1B-Q4_K_M.gguf", 3);
    file("hf/bartowski/Llama-3.2-1B-GGUF/sub/Llama-3.2-1B-f16.gguf", 3);
    file("hf/ggml-org/gpt-oss/gpt-oss-20b-mxfp4.gguf", 3);
    file("hf/someone/plain/model.gguf", 3);
    assertThat(names())
        .containsExactly(
            "bartowski/Llama-3.2-1B-GGUF:F16",
            "bartowski/Llama-3.2-1B-GGUF:Q4_K_M",
            "ggml-org/gpt-oss:MXFP4",
            "someone/plain:model");
  }

  @Test
  void otherFilesAreNamedByThemselvesAndWhatIsNoModelIsLeftOut() throws IOException {
    file("mine/tiny.gguf", 1);
    file("mine/readme.md", 1);
    file("mine/tiny.gguf.part", 1);
    assertThat(names()).containsExactly("tiny");
  }

  @Test
  void splitModelsAreShownOnceWithAllTheirBytes() throws IOException {
    Path first = file("big-Q8_0-00001-of-00003.gguf", 5);
    file("big-Q8_0-00003-of-00003.gguf", 7);
    file("big-Q8_0-00002-of-00003.gguf", 6);
    CatalogModel model = catalog().resolve("big-Q8_0");
    assertThat(catalog().list()).hasSize(1);
    assertThat(model.file()).isEqualTo(first);
    assertThat(model.bytes()).isEqualTo(18);
    assertThat(new ModelCatalog(folder.resolve("none"), List.of(first)).list())
        .containsExactly(model);
  }

  @Test
  void modelsOfTheSameNameGetTheirPaths() throws IOException {
    file("a/twin.gguf", 1);
    file("b/twin.gguf", 1);
    file("c/single.gguf", 1);
    assertThat(names()).containsExactly("a/twin", "b/twin", "single");
  }

  @Test
  void filesGivenByHandComeFirstAndWinTheirName() throws IOException {
    Path given = file("elsewhere/zebra.gguf", 4);
    file("ant.gguf", 1);
    assertThat(names(given)).containsExactly("zebra", "ant");
    assertThat(catalog(given).defaultModel().file()).isEqualTo(given);
  }

  @Test
  void aModelIsFoundByShorterNamesWhereOnlyOneFits() throws IOException {
    file("hf/o/r/weights-Q4_0.gguf", 1);
    file("hf/o/two/x-Q4_0.gguf", 1);
    file("hf/o/two/x-Q8_0.gguf", 1);
    for (String name :
        List.of(
            "o/r:Q4_0",
            "O/R:q4_0",
            "o/r",
            "hf:o/r",
            "o/r:latest",
            "weights-Q4_0",
            "weights-q4_0.gguf")) {
      assertThat(catalog().find(name)).as(name).map(CatalogModel::name).contains("o/r:Q4_0");
    }
    assertThat(catalog().find("o/two")).isEmpty();
    assertThat(catalog().find("o/two:Q8_0")).isPresent();
    assertThat(catalog().find("../r/weights-Q4_0")).isEmpty();
  }

  @Test
  void anUnknownNameIsAnsweredWithWhatThereIs() throws IOException {
    file("one.gguf", 1);
    assertThatThrownBy(() -> catalog().resolve("two"))
        .isInstanceOfSatisfying(
            ServerException.class,
            e -> assertThat(e.error()).isEqualTo(ServerError.MODEL_NOT_FOUND))
        .hasMessageContaining("'two'")
        .hasMessageContaining("one")
        .hasMessageContaining("flyball pull");
  }

  @Test
  void withoutANameOneModelIsTheDefaultAndOfSeveralNoneIs() throws IOException {
    assertThatThrownBy(() -> catalog().defaultModel()).hasMessageContaining("no models in");
    file("one.gguf", 1);
    assertThat(catalog().defaultModel().name()).isEqualTo("one");
    file("two.gguf", 1);
    assertThatThrownBy(() -> catalog().defaultModel()).hasMessageContaining("one, two");
  }

  @Test
  void theFolderComesFromTheEnvironment() {
    assertThat(ModelCatalog.defaultFolder(Map.of("FLYBALL_HOME", "/x")))
        .isEqualTo(Path.of("/x/models"));
    assertThat(ModelCatalog.defaultFolder(Map.of("FLYBALL_MODELS_DIR", "/y", "FLYBALL_HOME", "/x")))
        .isEqualTo(Path.of("/y"));
    assertThat(ModelCatalog.defaultFolder(Map.of()).toString()).endsWith(".flyball/models");
  }
}
