package dev.flyball.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.SharedFolder;
import dev.flyball.kernels.TensorType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFileTest {
  @TempDir private Path folder;

  private static byte[] randomBytes(long count) {
    byte[] bytes = new byte[Math.toIntExact(count)];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private static void assertRefused(Path path, EngineError error, String... parts) {
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> GgufFile.open(path).close())
        .satisfies(e -> assertThat(e.error()).isEqualTo(error))
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  @Test
  void tensorsOfEveryTypeComeBackAsWritten() {
    Path path = folder.resolve("all.gguf");
    GgufWriter writer = new GgufWriter().align(64).putString("general.architecture", "test");
    for (TensorType type : TensorType.values()) {
      writer.addTensor(type.name(), type, List.of(256L, 3L), randomBytes(type.bytesFor(768)));
    }
    writer.write(path);

    try (GgufFile file = GgufFile.open(path)) {
      assertThat(file.tensors()).hasSize(TensorType.values().length);
      assertThat(file.sizeBytes()).isEqualTo(path.toFile().length());
      assertThat(file.parts()).containsExactly(path);
      for (TensorType type : TensorType.values()) {
        GgufTensor tensor = file.tensor(type.name());
        assertThat(tensor.type()).isEqualTo(type);
        assertThat(tensor.shape()).containsExactly(256L, 3L);
        assertThat(tensor.data().toArray(ValueLayout.JAVA_BYTE))
            .isEqualTo(randomBytes(type.bytesFor(768)));
        assertThat(tensor.data().address() % 64).isZero();
      }
    }
  }

  @Test
  void missingTensorIsNamed() {
    Path path = folder.resolve("empty.gguf");
    new GgufWriter().write(path);

    try (GgufFile file = GgufFile.open(path)) {
      assertThat(file.find("output.weight")).isEmpty();
      assertThatExceptionOfType(EngineException.class)
          .isThrownBy(() -> file.tensor("output.weight"))
          .withMessageContaining("empty.gguf")
          .withMessageContaining("'output.weight' is missing");
    }
  }

  @Test
  void nothingCanBeTouchedAfterClosing() {
    Path path = folder.resolve("closed.gguf");
    new GgufWriter().addTensor("w", TensorType.F32, List.of(1L), new byte[4]).write(path);
    GgufFile file = GgufFile.open(path);
    file.close();
    file.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> file.tensor("w").data().get(ValueLayout.JAVA_BYTE, 0));
  }

  @Test
  void unreadableFilesAreNamed() {
    assertRefused(folder.resolve("absent.gguf"), EngineError.FILE_UNREADABLE, "absent.gguf");
    assertRefused(folder, EngineError.FILE_UNREADABLE, folder.toString());
  }

  @Test
  void emptyFileIsNoGguf() throws IOException {
    assertRefused(
        Files.createFile(folder.resolve("zero.gguf")), EngineError.FILE_CORRUPT, "no GGUF file");
  }

  @Test
  void everyGoldenModelOpens() throws IOException {
    Path models = SharedFolder.require("golden/logits/models");
    try (Stream<Path> paths = Files.list(models)) {
      List<Path> all = paths.sorted().toList();
      assertThat(all).hasSizeGreaterThan(40);
      for (Path path : all) {
        try (GgufFile file = GgufFile.open(path)) {
          assertThat(file.tensors()).as("%s", path).isNotEmpty();
          assertThat(file.metadata().strings("tokenizer.ggml.tokens")).as("%s", path).isNotEmpty();
        }
      }
    }
  }

  @Test
  void theDemoModelIsSummedUp() {
    Path path = SharedFolder.repositoryRoot().resolve("models/fable-5m-q8_0.gguf");

    try (GgufFile file = GgufFile.open(path)) {
      GgufSummary summary = GgufSummary.of(file);

      assertThat(summary.architecture()).isEqualTo("llama");
      assertThat(summary.quantization()).isEqualTo("Q8_0");
      assertThat(summary.parameters()).isBetween(4_000_000L, 7_000_000L);
      assertThat(summary.fileBytes()).isEqualTo(path.toFile().length());
      assertThat(summary.types().getFirst().type()).isEqualTo(TensorType.Q8_0);
      assertThat(summary.types().stream().mapToInt(GgufSummary.TypeShare::tensors).sum())
          .isEqualTo(file.tensors().size());
    }
  }

  @Test
  void withoutAFileTypeTheLargestShareNamesTheQuantization() {
    Path path = folder.resolve("mixed.gguf");
    new GgufWriter()
        .putString("general.architecture", "llama")
        .addTensor("norm", TensorType.F32, List.of(32L), new byte[128])
        .addTensor("w", TensorType.Q4_0, List.of(32L, 32L), new byte[576])
        .write(path);

    try (GgufFile file = GgufFile.open(path)) {
      GgufSummary summary = GgufSummary.of(file);

      assertThat(summary.quantization()).isEqualTo("Q4_0");
      assertThat(summary.name()).isEqualTo("mixed.gguf");
      assertThat(summary.parameters()).isEqualTo(32 + 1024);
    }
  }

  @Test
  void theWriterRefusesWhatCannotBeRead() {
    GgufWriter writer = new GgufWriter().putString("k", "v");

    assertThatIllegalArgumentException().isThrownBy(() -> writer.putString("k", "w"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.putInteger("u8", GgufValueType.UINT8, 256));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.putNumber("f", GgufValueType.INT32, 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.addTensor("w", TensorType.Q4_0, List.of(31L), new byte[18]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> writer.addTensor("w", TensorType.F32, List.of(0L), new byte[0]));
    assertThatIllegalArgumentException().isThrownBy(() -> writer.align(48));
  }

  @Test
  void failedWriteLeavesNothingBehind() throws IOException {
    GgufWriter tooShort = new GgufWriter().addTensor("w", TensorType.F32, List.of(2L), new byte[4]);
    GgufWriter failing =
        new GgufWriter()
            .addTensor(
                "w",
                TensorType.F32,
                List.of(2L),
                out -> {
                  throw new IOException("disk full");
                });
    Path path = folder.resolve("never.gguf");

    assertThatIllegalStateException().isThrownBy(() -> tooShort.write(path));
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> failing.write(path))
        .withMessageContaining("never.gguf")
        .withMessageContaining("disk full");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }
}
