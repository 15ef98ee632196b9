package dev.flyball.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.engine.evaluate.LogitProbe;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.engine.synth.ModelShape;
import dev.flyball.engine.synth.SyntheticModel;
import dev.flyball.engine.weights.ExpertCounters;
import dev.flyball.engine.weights.ExpertOptions;
import dev.flyball.engine.weights.ExpertStorage;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.matmul.PackedMatrix;
import dev.flyball.kernels.simd.InstructionSet;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models whose experts stay in the file until steps need them. */
class ExpertsOnDiskTest {
  private static final long SEED = 20261121;
  private static final int HIDDEN = 512;
  private static final int COLUMNS = 256;
  private static final int EXPERTS = 16;

  @TempDir private Path folder;

  @BeforeEach
  void needsGeneratedCode() {
    Assumptions.assumeTrue(
        InstructionSet.ofThisProcess().isPresent(), "this machine runs no generated code");
  }

  /** Memory for all, for some, and for the two that are the least. */
  @ParameterizedTest
  @EnumSource(names = {"Q4_0", "Q6_K", "F16", "MXFP4"})
  void logitsAreThoseOfExpertsInMemory(TensorType type) {
    Path file = write(type, 2);
    TokenIds ids = tokens(70);
    float[] expected = logits(file, Optional.empty(), ids, 64);
    for (int held : new int[] {2, 5, 12, 2 * EXPERTS}) {
      for (int chunk : new int[] {1, 13, 64}) {
        assertThat(logits(file, Optional.of(held * expertBytes(type)), ids, chunk))
            .as("%d experts held, %d tokens a step, seed %d", held, chunk, SEED)
            .isEqualTo(chunk == 64 ? expected : logits(file, Optional.empty(), ids, chunk));
      }
    }
  }

  @Test
  void onlyExpertsThatAreNotThereAreRead() {
    Path file = write(TensorType.Q4_0, 2);
    long bytes = expertBytes(TensorType.Q4_0);
    LanguageModel model = load(file, Optional.of(2 * EXPERTS * bytes));
    try (LogitProbe probe = new LogitProbe(model)) {
      assertThat(probe.logits(tokens(40))).isNotEmpty();
      ExpertCounters first = model.experts().orElseThrow();
      assertThat(first.experts()).isEqualTo(2 * EXPERTS);
      assertThat(first.heldAtMost()).isEqualTo(2 * EXPERTS);
      assertThat(first.misses()).isBetween(1L, 2L * EXPERTS);
      assertThat(first.readBytes()).isEqualTo(first.misses() * bytes);
      assertThat(probe.logits(tokens(40))).isNotEmpty();
      ExpertCounters second = model.experts().orElseThrow();
      assertThat(second.misses()).isEqualTo(first.misses());
      assertThat(second.hits()).isGreaterThan(first.hits());
    }
  }

  @Test
  void severalModelsReadOneFileAtTheSameTime() throws Exception {
    Path file = write(TensorType.Q4_0, 2);
    TokenIds ids = tokens(60);
    float[] expected = logits(file, Optional.empty(), ids, 7);
    Callable<float[]> run =
        () -> logits(file, Optional.of(3 * expertBytes(TensorType.Q4_0)), ids, 7);
    try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
      for (Future<float[]> logits : threads.invokeAll(List.of(run, run, run))) {
        assertThat(logits.get()).isEqualTo(expected);
      }
    }
  }

  @Test
  void aFileThatIsCutOffOrWrittenToGivesAnErrorUntilItIsBack() throws IOException {
    Path file = write(TensorType.Q4_0, 2);
    byte[] sound = Files.readAllBytes(file);
    FileTime time = Files.getLastModifiedTime(file);
    TokenIds ids = tokens(30);
    float[] expected = logits(file, Optional.empty(), ids, 64);
    LanguageModel model = load(file, Optional.of(2 * expertBytes(TensorType.Q4_0)));
    try (LogitProbe probe = new LogitProbe(model)) {
      assertThat(probe.logits(ids)).isEqualTo(expected);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(sound.length / 2);
      }
      assertChanged(probe, ids, "changed while the model was in use");
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        int written = channel.write(ByteBuffer.wrap(sound), 0);
        assertThat(written).isEqualTo(sound.length);
      }
      Files.setLastModifiedTime(file, FileTime.fromMillis(time.toMillis() + 1000));
      assertChanged(probe, ids, "it was written to");
      Files.setLastModifiedTime(file, time);
      assertThat(probe.logits(ids)).isEqualTo(expected);
    }
  }

  private static void assertChanged(LogitProbe probe, TokenIds ids, String message) {
    assertThatThrownBy(() -> probe.logits(ids))
        .isInstanceOfSatisfying(
            EngineException.class, e -> assertThat(e.error()).isEqualTo(EngineError.FILE_CORRUPT))
        .hasMessageContaining(message);
  }

  @Test
  void aFileThatIsReplacedOrDeletedIsReadOn() throws IOException {
    Path file = write(TensorType.Q4_0, 2);
    TokenIds ids = tokens(30);
    float[] expected = logits(file, Optional.empty(), ids, 64);
    LanguageModel model = load(file, Optional.of(2 * expertBytes(TensorType.Q4_0)));
    try (LogitProbe probe = new LogitProbe(model)) {
      assertThat(probe.logits(ids)).isEqualTo(expected);
      Path other = Files.write(folder.resolve("other"), new byte[100]);
      Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
      assertThat(probe.logits(ids)).isEqualTo(expected);
      Files.delete(file);
      assertThat(probe.logits(ids)).isEqualTo(expected);
    }
  }

  @Test
  void aModelLargerThanMemoryIsLoadedUnlessItsExpertsAreToBeInMemory() throws IOException {
    Path file = write(TensorType.Q8_0, 4);
    long experts = 4 * EXPERTS * expertBytes(TensorType.Q8_0);
    long free = Files.size(file) - experts / 2;
    LocalEngines engines = new LocalEngines(() -> new FreeMemory(free, 1L << 30));
    EngineOptions options = new EngineOptions(64, 1, 1, 1);
    try (Engine engine = engines.load(file, options)) {
      ExpertCounters counters = engine.load().experts().orElseThrow();
      assertThat(counters.experts()).isEqualTo(4 * EXPERTS);
      assertThat(engine.embed(tokens(20)).join()).hasSize(COLUMNS);
      assertThat(engine.load().experts().orElseThrow().misses()).isPositive();
      assertThat(engine.load().experts().orElseThrow().heldAtMost()).isBetween(4, 2 * EXPERTS);
    }
    assertThatThrownBy(() -> engines.load(file, options.withExperts(ExpertOptions.parse("memory"))))
        .hasMessageContaining("memory are free");
    MemoryEstimate estimate = engines.estimate(file, options);
    assertThat(estimate.weights()).isEqualTo(Files.size(file));
    assertThat(estimate.least()).isLessThan(free);
  }

  private Path write(TensorType type, int layers) {
    ModelShape shape =
        ModelShape.parse(
            "layers=%d,dim=%d,ffn=%d,heads=4,vocab=512,context=256,experts=%d,experts-used=2"
                .formatted(layers, COLUMNS, HIDDEN, EXPERTS));
    Path file = folder.resolve("experts.gguf");
    SyntheticModel.write(shape, type, SEED, file, (_, _) -> {});
    return file;
  }

  private static long expertBytes(TensorType type) {
    return 2 * PackedMatrix.bytes(type, HIDDEN, COLUMNS)
        + PackedMatrix.bytes(type, COLUMNS, HIDDEN);
  }

  private static TokenIds tokens(int count) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(random.nextInt(512));
    }
    return TokenIds.of(ids.stream().mapToInt(id -> id).toArray());
  }

  private static float[] logits(Path file, Optional<Long> memory, TokenIds ids, int chunk) {
    try (LogitProbe probe = new LogitProbe(load(file, memory))) {
      return probe.logits(ids, chunk);
    }
  }

  private static LanguageModel load(Path path, Optional<Long> memory) {
    GgufFile file = GgufFile.open(path);
    return ModelFamilies.load(
        file,
        new ModelOptions(2, 64, Precision.FAST)
            .withExperts(memory.map(bytes -> new ExpertStorage(file, bytes))));
  }
}
