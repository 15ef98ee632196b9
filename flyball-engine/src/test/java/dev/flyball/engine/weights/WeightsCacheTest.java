package dev.flyball.engine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.kernels.StoredMatrix;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.WorkerTeam;
import dev.flyball.kernels.matmul.PackedMatrix;
import dev.flyball.kernels.matmul.PackedProduct;
import dev.flyball.kernels.simd.InstructionSet;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsCacheTest {
  private static final long SEED = 20261121;
  private static final int COLUMNS = 256;

  @TempDir private Path folder;
  private final Arena arena = Arena.ofShared();
  private final WorkerTeam team = new WorkerTeam("test", 2);
  private final SplittableRandom random = new SplittableRandom(SEED);
  private Path model = Path.of("");
  private List<StoredMatrix> matrices = List.of();

  @BeforeEach
  void makeAModel() throws IOException {
    Assumptions.assumeTrue(
        InstructionSet.ofThisProcess().isPresent(), "this machine runs no generated code");
    model = Files.write(folder.resolve("model.gguf"), bytes(100_000));
    matrices =
        List.of(
            matrix(TensorType.Q8_0, 40), matrix(TensorType.Q4_K, 3000), matrix(TensorType.F32, 16));
  }

  @AfterEach
  void free() {
    team.close();
    arena.close();
  }

  @Test
  void secondStartMapsWhatTheFirstPacked() throws Exception {
    List<float[]> packed = load(file(), matrices);
    assertThat(files()).containsExactly(file().path());
    try (CachedWeights weights = CachedWeights.map(file().path(), fingerprint(), team)) {
      for (StoredMatrix matrix : matrices) {
        assertThat(weights.next(matrix)).isPresent();
      }
      assertThat(weights.next(matrices.getFirst())).isEmpty();
    }
    assertThat(load(file(), matrices)).usingRecursiveComparison().isEqualTo(packed);
  }

  @Test
  void anyDamageIsFoundAndTheFileWrittenAgain() throws Exception {
    List<float[]> packed = load(file(), matrices);
    byte[] sound = Files.readAllBytes(file().path());
    for (int round = 0; round < 300; round++) {
      byte[] damaged = damage(sound);
      Files.write(file().path(), damaged);
      assertThatThrownBy(() -> CachedWeights.map(file().path(), fingerprint(), team))
          .as("seed %d, round %d", SEED, round)
          .isInstanceOf(UntrustedWeightsException.class);
    }
    assertThat(load(file(), matrices)).usingRecursiveComparison().isEqualTo(packed);
    assertThat(file().path()).hasBinaryContent(sound);
  }

  /** Other bytes, fewer or more of them. */
  private byte[] damage(byte[] sound) {
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(sound, random.nextInt(sound.length));
      case 1 -> Arrays.copyOf(sound, sound.length + random.nextInt(1, 5000));
      default -> otherBytes(sound);
    };
  }

  private byte[] otherBytes(byte[] sound) {
    byte[] damaged = sound.clone();
    int from = random.nextInt(random.nextBoolean() ? 4096 : sound.length);
    int end = Math.min(sound.length, from + random.nextInt(1, 9));
    for (int i = from; i < end; i++) {
      damaged[i] ^= (byte) random.nextInt(1, 256);
    }
    return damaged;
  }

  @Test
  void anotherModelsWeightsAreNotTaken() throws Exception {
    load(file(), matrices);
    assertThatThrownBy(
            () -> CachedWeights.map(file().path(), new ModelFingerprint("ab".repeat(32)), team))
        .isInstanceOf(UntrustedWeightsException.class)
        .hasMessageContaining("another model");
  }

  @Test
  void aFileOfOtherMatricesIsDeletedAndTheMatricesArePacked() throws Exception {
    List<float[]> packed = load(file(), matrices);
    List<StoredMatrix> turned = new ArrayList<>(matrices);
    Collections.reverse(turned);
    Collections.reverse(packed);
    assertThat(load(file(), turned)).usingRecursiveComparison().isEqualTo(packed);
    assertThat(files()).isEmpty();
  }

  @Test
  void fingerprintChangesWithLengthTimeAndContents() throws Exception {
    ModelFingerprint first = fingerprint();
    FileTime time = Files.getLastModifiedTime(model);
    Files.setLastModifiedTime(model, FileTime.from(time.toInstant().plusSeconds(1)));
    assertThat(fingerprint()).isNotEqualTo(first);
    byte[] other = Files.readAllBytes(model);
    other[50_000] ^= 1;
    Files.write(model, other);
    Files.setLastModifiedTime(model, time);
    assertThat(fingerprint()).isNotEqualTo(first);
    other[50_000] ^= 1;
    Files.write(model, other);
    Files.setLastModifiedTime(model, time);
    assertThat(fingerprint()).isEqualTo(first);
    Files.write(model, Arrays.copyOf(other, 99_999));
    Files.setLastModifiedTime(model, time);
    assertThat(fingerprint()).isNotEqualTo(first);
  }

  @Test
  void filesUsedLongestAgoMakeRoomAndForeignOnesStay() throws Exception {
    load(file(), matrices);
    long bytes = Files.size(file().path());
    Path cache = folder.resolve("cache");
    Path old = Files.write(cache.resolve("0".repeat(32) + ".weights"), bytes(1000));
    Path foreign = Files.write(cache.resolve("notes.weights"), bytes(1000));
    Path running = Files.write(cache.resolve(old.getFileName() + "." + "a".repeat(36)), bytes(10));
    Path abandoned =
        Files.write(cache.resolve(old.getFileName() + "." + "b".repeat(36)), bytes(10));
    for (Path path : List.of(old, foreign, abandoned)) {
      Files.setLastModifiedTime(path, FileTime.from(Instant.EPOCH));
    }
    WeightsFolder room = new WeightsFolder(new WeightsCache(cache, bytes + 500));
    Path target = cache.resolve("1".repeat(32) + ".weights");
    assertThat(room.makeRoom(bytes + 501, target)).isFalse();
    assertThat(old).exists();
    assertThat(room.makeRoom(100, target)).isTrue();
    assertThat(List.of(old, abandoned)).noneMatch(Files::exists);
    assertThat(List.of(file().path(), foreign, running)).allMatch(Files::exists);
    assertThat(room.makeRoom(bytes, target)).isTrue();
    assertThat(file().path()).doesNotExist();
  }

  @Test
  void manyStartsAtOnceAllGetTheirWeights() throws Exception {
    List<float[]> packed = load(Optional.empty(), matrices);
    List<Callable<List<float[]>>> starts = Collections.nCopies(12, () -> load(file(), matrices));
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<List<float[]>> start : threads.invokeAll(starts)) {
        assertThat(start.get()).usingRecursiveComparison().isEqualTo(packed);
      }
    }
    assertThat(files()).containsExactly(file().path());
  }

  private WeightsFile file() {
    return new WeightsFile(new WeightsCache(folder.resolve("cache"), 1 << 30), fingerprint());
  }

  private ModelFingerprint fingerprint() {
    return ModelFingerprint.of(List.of(model));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> found = Files.list(folder.resolve("cache"))) {
      return found.toList();
    }
  }

  private static List<float[]> load(WeightsFile file, List<StoredMatrix> matrices) {
    return load(Optional.of(file), matrices);
  }

  /** Packs or maps the matrices; a product with each tells what is in them. */
  private static List<float[]> load(Optional<WeightsFile> file, List<StoredMatrix> matrices) {
    InstructionSet level = InstructionSet.ofThisProcess().orElseThrow();
    List<float[]> products = new ArrayList<>();
    try (WorkerTeam team = new WorkerTeam("load", 2);
        PackedProduct product = new PackedProduct(level, team, 1, COLUMNS);
        PackedWeights weights = new PackedWeights(file, level, team)) {
      float[] x = new float[COLUMNS];
      for (int i = 0; i < x.length; i++) {
        x[i] = i * 37 % 101 - 50;
      }
      for (StoredMatrix matrix : matrices) {
        PackedMatrix packed = weights.next(matrix);
        float[] out = new float[matrix.rows()];
        product.input(x, 1, COLUMNS);
        product.multiply(List.of(packed), List.of(out));
        products.add(out);
      }
      weights.complete();
    }
    return products;
  }

  private StoredMatrix matrix(TensorType type, int rows) {
    byte[] stored = bytes((int) type.bytesFor((long) rows * COLUMNS));
    for (int i = 0; i < stored.length; i++) {
      stored[i] &= 0x3f; // whichever bytes are scales, or floats: neither huge nor NaN
    }
    MemorySegment data = arena.allocate(stored.length, 64);
    MemorySegment.copy(stored, 0, data, ValueLayout.JAVA_BYTE, 0, stored.length);
    return new StoredMatrix(type, data, rows, COLUMNS);
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
