package dev.flyball.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.flyball.engine.EngineException;
import dev.flyball.engine.evaluate.TextWindows;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufTensor;
import dev.flyball.engine.model.LanguageModel;
import dev.flyball.engine.model.ModelOptions;
import dev.flyball.engine.model.ModelOptions.Precision;
import dev.flyball.engine.model.family.ModelFamilies;
import dev.flyball.engine.synth.ModelShape;
import dev.flyball.engine.synth.SyntheticModel;
import dev.flyball.kernels.BlockDecoder;
import dev.flyball.kernels.TensorType;
import dev.flyball.kernels.quantize.BlockEncoder;
import dev.flyball.units.TokenIds;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImportanceMatrixTest {
  private static final long SEED = 7;
  private static final int WINDOW = 32;
  private static final int WINDOWS = 3;

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(Precision.class)
  void everyMatrixOfALayerIsSeenWithEveryTokenOfTheText(Precision precision) {
    ImportanceMatrix matrix = measure(dense(), precision);
    assertThat(matrix.tensors().keySet())
        .containsExactlyInAnyOrderElementsOf(
            List.of("attn_k", "attn_output", "attn_q", "attn_v", "ffn_down", "ffn_gate", "ffn_up")
                .stream()
                .map(name -> "blk.0." + name + ".weight")
                .toList());
    matrix
        .tensors()
        .values()
        .forEach(sums -> assertThat(sums.counts()).containsExactly(WINDOW * WINDOWS));
    // the inputs of queries, keys and values are the same rows, normed: their mean square is 1
    ImportanceMatrix.Sums queries = sums(matrix, "blk.0.attn_q.weight");
    assertThat(queries.squares()).isEqualTo(sums(matrix, "blk.0.attn_v.weight").squares());
    double mean = 0;
    for (float square : queries.means(0, 256)) {
      mean += square / 256;
    }
    assertThat(mean).isCloseTo(1, within(0.05));
  }

  private static ImportanceMatrix.Sums sums(ImportanceMatrix matrix, String tensor) {
    return Objects.requireNonNull(matrix.tensors().get(tensor), tensor);
  }

  @Test
  void expertsAreSeenWithTheTokensThatChoseThem() {
    Path file =
        synthetic("layers=1,dim=256,ffn=256,heads=4,vocab=512,context=64,experts=8,experts-used=2");
    ImportanceMatrix.Sums downs =
        sums(measure(file, Precision.EXACT), "blk.0.ffn_down_exps.weight");
    assertThat(downs.counts()).hasSize(8);
    assertThat(LongStream.of(downs.counts()).sum()).isEqualTo(2L * WINDOW * WINDOWS);
    for (int expert = 0; expert < 8; expert++) {
      boolean chosen = downs.counts()[expert] > 0;
      int from = expert * 256;
      float[] sums = Arrays.copyOfRange(downs.squares(), from, from + 256);
      assertThat(LongStream.range(0, 256).anyMatch(i -> sums[(int) i] > 0)).isEqualTo(chosen);
      if (!chosen) {
        assertThat(downs.means(expert, 256)).containsOnly(1);
      }
    }
  }

  @Test
  void generatedCodeFindsWhatPlainJavaFinds() {
    Path file = dense();
    ImportanceMatrix plain = measure(file, Precision.EXACT);
    measure(file, Precision.FAST)
        .tensors()
        .forEach(
            (name, sums) -> {
              float[] expected = sums(plain, name).squares();
              double all = 0;
              double error = 0;
              for (int i = 0; i < expected.length; i++) {
                all += expected[i];
                error += Math.abs(expected[i] - sums.squares()[i]);
              }
              assertThat(error / all).as(name).isLessThan(0.03);
            });
  }

  @Test
  void aMatrixIsReadAsItWasWritten() {
    ImportanceMatrix written = measure(dense(), Precision.EXACT);
    Path file = folder.resolve("a.imatrix");
    ImportanceMatrixFile.write(written, file);
    ImportanceMatrix read = ImportanceMatrixFile.read(file);
    assertThat(read).usingRecursiveComparison().isEqualTo(written);
    try (GgufFile gguf = GgufFile.open(file)) {
      assertThat(gguf.metadata().string("general.type")).isEqualTo("imatrix");
      assertThat(gguf.metadata().strings("imatrix.datasets")).containsExactly("a text");
      assertThat(gguf.metadata().integer("imatrix.chunk_count")).isEqualTo(WINDOWS);
      assertThat(gguf.metadata().integer("imatrix.chunk_size")).isEqualTo(WINDOW);
      assertThat(gguf.tensor("blk.0.attn_q.weight.in_sum2").shape()).containsExactly(256L, 1L);
      assertThat(gguf.tensor("blk.0.attn_q.weight.counts").shape()).containsExactly(1L, 1L);
    }
  }

  @Test
  void rowsAreEncodedByTheImportanceOfTheirOwnMatrix() {
    Path source =
        synthetic("layers=1,dim=256,ffn=512,heads=4,vocab=512,context=64,experts=3,experts-used=2");
    ImportanceMatrix matrix = measure(source, Precision.EXACT);
    Path target = folder.resolve("q.gguf");
    QuantizationResult _ =
        ModelQuantizer.write(
            source,
            target,
            new QuantizationOptions(Quantization.Q4_K_S).withImportance(matrix),
            (_, _) -> {});
    try (GgufFile before = GgufFile.open(source);
        GgufFile after = GgufFile.open(target)) {
      GgufTensor tensor = before.tensor("blk.0.ffn_up_exps.weight");
      GgufTensor encoded = after.tensor(tensor.name());
      float[][] importance = matrix.of(tensor).orElseThrow();
      float[] row = new float[256];
      byte[] expected = new byte[(int) encoded.type().bytesFor(256)];
      for (int r = 0; r < tensor.rows(); r++) {
        BlockDecoder.decode(tensor.type(), tensor.data(), 4L * 256 * r, row, 0, 256);
        BlockEncoder.encodeRow(encoded.type(), row, 0, expected, 0, 256, importance[r / 512]);
        assertThat(
                encoded
                    .data()
                    .asSlice((long) r * expected.length, expected.length)
                    .toArray(ValueLayout.JAVA_BYTE))
            .as("row " + r)
            .isEqualTo(expected);
      }
      assertThat(after.metadata().integer("quantize.imatrix.chunks_count")).isEqualTo(WINDOWS);
    }
  }

  @Test
  void aMatrixOfAnotherModelIsRefused() {
    ImportanceMatrix matrix = measure(dense(), Precision.EXACT);
    Path other = synthetic("layers=1,dim=512,ffn=512,heads=4,vocab=512,context=64");
    assertThatThrownBy(
            () ->
                ModelQuantizer.write(
                    other,
                    folder.resolve("q.gguf"),
                    new QuantizationOptions(Quantization.Q4_K_S).withImportance(matrix),
                    (_, _) -> {}))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("it is of another model");
  }

  @Test
  void theOlderFormatIsReadAndDamageIsSaid() throws IOException {
    byte[] name = "blk.0.attn_q.weight".getBytes(StandardCharsets.UTF_8);
    ByteBuffer old =
        ByteBuffer.allocate(4 + 4 + name.length + 8 + 4 * 4).order(ByteOrder.LITTLE_ENDIAN);
    old.putInt(1).putInt(name.length).put(name).putInt(2).putInt(4);
    old.putFloat(2).putFloat(4).putFloat(6).putFloat(8);
    Path file = Files.write(folder.resolve("old.dat"), old.array());
    ImportanceMatrix.Sums sums = sums(ImportanceMatrixFile.read(file), "blk.0.attn_q.weight");
    assertThat(sums.means(0, 4)).containsExactly(1, 2, 3, 4);
    assertThat(sums.means(1, 2)).containsExactly(3, 4);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 500; round++) {
      byte[] damaged = Arrays.copyOf(old.array(), random.nextInt(old.capacity()));
      if (damaged.length > 0 && random.nextBoolean()) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      assertThatThrownBy(() -> ImportanceMatrixFile.read(file))
          .as("seed %d, round %d", SEED, round)
          .isInstanceOf(EngineException.class);
    }
    Files.write(file, new byte[0]);
    assertThatThrownBy(() -> ImportanceMatrixFile.read(file)).hasMessageContaining("cut off");
    assertThatThrownBy(() -> ImportanceMatrixFile.read(dense()))
        .hasMessageContaining("no importance matrix");
    ImportanceMatrix infinite =
        ImportanceMatrix.of(
            Map.of("a", new ImportanceMatrix.Sums(new float[] {Float.NaN}, new long[] {1})),
            "",
            1,
            1);
    Path written = folder.resolve("nan.imatrix");
    ImportanceMatrixFile.write(infinite, written);
    assertThatThrownBy(() -> ImportanceMatrixFile.read(written)).hasMessageContaining("NaN");
  }

  private Path dense() {
    return synthetic("layers=1,dim=256,ffn=512,heads=4,kv-heads=2,vocab=512,context=64");
  }

  private Path synthetic(String shape) {
    Path file = folder.resolve("source.gguf");
    SyntheticModel.write(ModelShape.parse(shape), TensorType.F32, SEED, file, (_, _) -> {});
    return file;
  }

  private static ImportanceMatrix measure(Path path, Precision precision) {
    SplittableRandom random = new SplittableRandom(SEED);
    int[] ids = new int[WINDOW * WINDOWS + 5];
    Arrays.setAll(ids, _ -> random.nextInt(512));
    try (GgufFile file = GgufFile.open(path)) {
      ImportanceMeter meter = new ImportanceMeter(file);
      ModelOptions options = new ModelOptions(2, 24, precision).withObserver(meter);
      TextWindows text =
          TextWindows.of(TokenIds.of(ids), OptionalInt.empty(), WINDOW, Integer.MAX_VALUE);
      try (LanguageModel model = ModelFamilies.load(file, options)) {
        meter.read(model, text, (_, _) -> {});
      }
      return meter.result("a text");
    }
  }
}
