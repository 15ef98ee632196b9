package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.kernels.simd.InstructionSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalEnginesTest {
  private static final Path DEMO =
      SharedFolder.repositoryRoot().resolve("models/fable-5m-q8_0.gguf");

  /** Of a cached number: a half where the machine runs generated code, a float elsewhere. */
  private static final int NUMBER_BYTES = InstructionSet.ofThisProcess().isPresent() ? 2 : 4;

  @TempDir Path folder;

  @Test
  void theEstimateIsWhatTheHeaderSays() {
    MemoryEstimate estimate = new LocalEngines().estimate(DEMO, EngineOptions.DEFAULT);
    assertThat(estimate.weights()).isEqualTo(5_649_248);
    // 8 sequences of 512 tokens, 6 layers, 2 heads, keys and values of 64 numbers.
    assertThat(estimate.cache()).isEqualTo(8L * 512 * 6 * 2 * 128 * NUMBER_BYTES);
    assertThat(estimate.scratch()).isBetween(1L << 20, 1L << 24);
  }

  @Test
  void aModelThatDoesNotFitIsRefusedBeforeMemoryIsSpent() {
    LocalEngines engines = new LocalEngines(() -> new FreeMemory(6_000_000, 1L << 30));
    assertThatThrownBy(() -> engines.load(DEMO, EngineOptions.DEFAULT))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.error()).isEqualTo(EngineError.OUT_OF_MEMORY))
        .hasMessageContaining("5.4 MiB for weights");
  }

  @Test
  void aFileThatIsNoModelIsRefused() throws IOException {
    Path file =
        Files.writeString(folder.resolve("model.gguf"), "this is no model at all, only text");
    assertThatThrownBy(() -> new LocalEngines().load(file, EngineOptions.DEFAULT))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.error()).isEqualTo(EngineError.FILE_CORRUPT));
    assertThatThrownBy(
            () -> new LocalEngines().load(folder.resolve("missing"), EngineOptions.DEFAULT))
        .isInstanceOfSatisfying(
            EngineException.class,
            e -> assertThat(e.error()).isEqualTo(EngineError.FILE_UNREADABLE));
  }

  @Test
  void littleMemoryMakesRequestsWaitForEachOther() {
    // Weights and scratch take about 9 MB, one context of 512 tokens 3 MiB of halves.
    long machineBytes = 9_000_000 + 2_750_000L * NUMBER_BYTES;
    LocalEngines engines = new LocalEngines(() -> new FreeMemory(machineBytes, 1L << 30));
    try (Engine engine = engines.load(DEMO, EngineOptions.DEFAULT)) {
      assertThat(engine.load().cacheTokensCapacity()).isBetween(512L, 1023L);
      assertThat(engine.info().contextLength()).isEqualTo(512);
    }
  }
}
