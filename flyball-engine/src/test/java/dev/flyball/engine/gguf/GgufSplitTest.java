package dev.flyball.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.kernels.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufSplitTest {
  private static final int PARTS = 3;

  @TempDir private Path folder;

  private Path part(int number) {
    return folder.resolve("model-0000%d-of-0000%d.gguf".formatted(number + 1, PARTS));
  }

  /** Part 0 has the metadata and no tensor, the others a tensor each. */
  private void writeParts() {
    for (int number = 0; number < PARTS; number++) {
      writePart(number, PARTS - 1, "blk." + number);
    }
  }

  private void writePart(int number, int tensors, String tensorName) {
    GgufWriter writer =
        new GgufWriter()
            .putInteger("split.no", GgufValueType.UINT16, number)
            .putInteger("split.count", GgufValueType.UINT16, PARTS)
            .putInteger("split.tensors.count", GgufValueType.INT32, tensors);
    if (number == 0) {
      writer.putString("general.architecture", "llama");
    } else {
      writer.addTensor(tensorName, TensorType.F32, List.of(4L), new byte[16]);
    }
    writer.write(part(number));
  }

  private static void assertRefused(Path path, EngineError error, String... parts) {
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(() -> GgufFile.open(path).close())
        .satisfies(e -> assertThat(e.error()).isEqualTo(error))
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  @Test
  void anyPartOpensTheWholeModel() {
    writeParts();

    for (int opened = 0; opened < PARTS; opened++) {
      try (GgufFile file = GgufFile.open(part(opened))) {
        assertThat(file.parts()).containsExactly(part(0), part(1), part(2));
        assertThat(file.tensors()).extracting(GgufTensor::name).containsExactly("blk.1", "blk.2");
        assertThat(file.metadata().architecture()).isEqualTo("llama");
        assertThat(file.sizeBytes())
            .isEqualTo(file.parts().stream().mapToLong(p -> p.toFile().length()).sum());
      }
    }
  }

  @Test
  void missingPartIsNamed() throws IOException {
    writeParts();
    Files.delete(part(2));

    assertRefused(part(0), EngineError.FILE_UNREADABLE, part(2).toString(), "3 files", "missing");
  }

  @Test
  void renamedPartIsRefused() throws IOException {
    writeParts();
    Path renamed = Files.move(part(0), folder.resolve("model.gguf"));

    assertRefused(renamed, EngineError.FILE_CORRUPT, "model.gguf", "names back");
  }

  @Test
  void partInAnothersPlaceIsRefused() throws IOException {
    writeParts();
    Files.copy(part(1), part(2), StandardCopyOption.REPLACE_EXISTING);

    assertRefused(part(0), EngineError.FILE_CORRUPT, part(2).toString(), "part 3 of 3", "part 2");
  }

  @Test
  void partsThatDoNotHoldAllTensorsAreRefused() {
    for (int number = 0; number < PARTS; number++) {
      writePart(number, 5, "blk." + number);
    }

    assertRefused(part(1), EngineError.FILE_CORRUPT, "2 tensors", "should hold 5");
  }

  @Test
  void tensorInTwoPartsIsRefused() {
    for (int number = 0; number < PARTS; number++) {
      writePart(number, PARTS - 1, "blk.same");
    }

    assertRefused(part(0), EngineError.FILE_CORRUPT, part(2).toString(), "'blk.same'");
  }

  @Test
  void damagedPartIsNamed() throws IOException {
    writeParts();
    Files.write(part(1), new byte[] {1, 2, 3});

    assertRefused(part(0), EngineError.FILE_CORRUPT, part(1).toString(), "no GGUF file");
  }
}
