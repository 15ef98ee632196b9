package dev.flyball.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.SharedFolder;
import dev.flyball.kernels.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged files are refused or read, and nothing else: no other exception, no hang, no allocation
 * beyond the file's size. Every case is made from a printed seed.
 */
class GgufFuzzTest {
  private static final int SEEDS = 100_000;

  /** What parsing costs whatever the file: an exception with its trace, and empty collections. */
  private static final long FIXED_BYTES = 32 * 1024;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path folder;

  @Test
  void damagedFilesAreRefusedOrRead() throws IOException {
    List<DamagedFile> files = new ArrayList<>();
    for (byte[] sound : soundFiles()) {
      files.add(new DamagedFile(sound));
    }
    System.out.println("GGUF fuzz: seeds 0 to " + (SEEDS - 1) + " over " + files.size() + " files");
    int refused = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      DamagedFile file = files.get(seed % files.size());
      MemorySegment damaged = file.damage(new SplittableRandom(seed));
      refused += isRefused(damaged, seed) ? 1 : 0;
      file.repair();
    }
    System.out.println("GGUF fuzz: " + refused + " refused, " + (SEEDS - refused) + " read");
    assertThat(refused).isBetween(SEEDS / 4, SEEDS - 1);
  }

  @Test
  void randomTensorListsAreRefusedOrRead() {
    int refused = 0;
    for (int seed = 0; seed < 20_000; seed++) {
      byte[] file = randomTensors(new SplittableRandom(seed));
      refused += isRefused(MemorySegment.ofArray(file), seed) ? 1 : 0;
    }
    assertThat(refused).isBetween(5_000, 19_999);
  }

  @ParameterizedTest
  @ValueSource(ints = {1_000, 60_000})
  void listsOfTheSmallestKeysAllocateInProportion(int count) {
    RawGguf file = RawGguf.header(0, count);
    for (int i = 0; i < count; i++) {
      file.key(Integer.toString(i, 36), GgufValueType.UINT8).u8(0);
    }
    MemorySegment bytes = MemorySegment.ofArray(file.toBytes());

    long before = THREADS.getCurrentThreadAllocatedBytes();
    GgufHeaderReader.read("keys", bytes);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;

    // Interpreted code, which allocates most, takes some 400 bytes for a key of 16.
    assertThat(allocated).isLessThan(FIXED_BYTES + 32 * bytes.byteSize());
  }

  /** One reading of a file: how it ended and what it allocated. */
  private record Reading(
      Optional<GgufHeader> header, Optional<EngineException> refusal, long allocatedBytes) {

    static Reading of(MemorySegment file) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      try {
        GgufHeader header = GgufHeaderReader.read("fuzz", file);
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        return new Reading(Optional.of(header), Optional.empty(), allocated);
      } catch (EngineException e) {
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        return new Reading(Optional.empty(), Optional.of(e), allocated);
      }
    }
  }

  private static boolean isRefused(MemorySegment file, int seed) {
    try {
      Reading reading = Reading.of(file);
      if (reading.allocatedBytes() > FIXED_BYTES + file.byteSize()) {
        requireFrugality(Reading.of(file), file.byteSize(), seed);
      }
      reading.header().ifPresent(GgufFuzzTest::touchAll);
      reading.refusal().ifPresent(e -> assertThat(e).hasMessageStartingWith("fuzz: "));
      return reading.refusal().isPresent();
    } catch (RuntimeException e) {
      throw new AssertionError("seed " + seed, e);
    }
  }

  /** Judges the second attempt: the first may have loaded classes. */
  private static void requireFrugality(Reading reading, long fileBytes, int seed) {
    assertThat(reading.allocatedBytes())
        .as("bytes allocated for seed %d", seed)
        .isLessThanOrEqualTo(FIXED_BYTES + fileBytes);
  }

  /** What has been read must also be there: describes all metadata, reads all tensors' ends. */
  private static void touchAll(GgufHeader header) {
    GgufMetadata metadata = header.metadata();
    for (String key : metadata.keys()) {
      metadata.describe(key);
    }
    for (GgufTensor tensor : header.tensors()) {
      MemorySegment data = tensor.data();
      data.get(ValueLayout.JAVA_BYTE, 0);
      data.get(ValueLayout.JAVA_BYTE, data.byteSize() - 1);
      assertThat(tensor.type().bytesFor(tensor.elements())).isEqualTo(data.byteSize());
    }
  }

  private List<byte[]> soundFiles() throws IOException {
    List<byte[]> files = new ArrayList<>();
    files.add(everyKindOfValue());
    files.add(Files.readAllBytes(demoModel()));
    Path golden = SharedFolder.repositoryRoot().resolveSibling("shared/golden/logits/models");
    for (String name : List.of("llama", "gpt-oss-mxfp4", "bert", "llama-moe-q4_k")) {
      Path path = golden.resolve(name + ".gguf");
      if (Files.exists(path)) {
        files.add(Files.readAllBytes(path));
      }
    }
    return files;
  }

  private static Path demoModel() {
    return SharedFolder.repositoryRoot().resolve("models/fable-5m-q8_0.gguf");
  }

  private byte[] everyKindOfValue() throws IOException {
    GgufWriter writer =
        new GgufWriter()
            .align(32)
            .putString("general.architecture", "llama")
            .putNumber("f32", GgufValueType.FLOAT32, 0.5)
            .putNumber("f64", GgufValueType.FLOAT64, 0.5)
            .putInteger("u64", GgufValueType.UINT64, 1)
            .putBoolean("flag", true)
            .putStrings("strings", List.of("a", "bc", "def"))
            .putIntegers("integers", GgufValueType.INT16, 1, -2, 3)
            .putBooleans("booleans", true, false);
    for (TensorType type : TensorType.values()) {
      byte[] data = new byte[(int) type.bytesFor(512)];
      writer.addTensor("t." + type, type, List.of(256L, 2L), data);
    }
    Path path = folder.resolve("values.gguf");
    writer.write(path);
    return Files.readAllBytes(path);
  }

  /** A header whose tensors lie anywhere in a small space: apart, overlapping, on each other. */
  private static byte[] randomTensors(SplittableRandom random) {
    int count = random.nextInt(1, 6);
    RawGguf file = RawGguf.header(count, 0);
    for (int i = 0; i < count; i++) {
      file.floats("t" + i, random.nextLong(1, 64), 32L * random.nextInt(32));
    }
    return file.data(1024).toBytes();
  }
}
