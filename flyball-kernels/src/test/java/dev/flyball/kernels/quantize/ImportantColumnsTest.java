package dev.flyball.kernels.quantize;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyball.kernels.BlockDecoder;
import dev.flyball.kernels.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Holds the encoders to results of {@code ggml_quantize_chunk} with an importance matrix (release
 * of 2026-11, x86-64 without fused multiply-add).
 */
class ImportantColumnsTest {
  /** One line of the golden file: two rows. */
  record Golden(
      TensorType type, RowKind kind, long seed, int columns, String sha256, String firstBlock) {
    static Golden parse(String line) {
      String[] fields = line.split("\t", -1);
      return new Golden(
          TensorType.valueOf(fields[0]),
          RowKind.valueOf(fields[1]),
          Long.parseLong(fields[2]),
          Integer.parseInt(fields[3]),
          fields[4],
          fields[5]);
    }

    float[] importance() {
      RowKind of = seed % 2 == 0 ? RowKind.OUTLIERS : RowKind.SPARSE;
      float[] values = of.values(-seed, columns);
      for (int i = 0; i < columns; i++) {
        values[i] = Math.abs(values[i]);
      }
      return values;
    }
  }

  static List<Golden> goldenCases() throws IOException {
    try (InputStream file =
        ImportantColumnsTest.class.getResourceAsStream("ggml-encoded-by-importance.tsv")) {
      String text = new String(Objects.requireNonNull(file).readAllBytes(), UTF_8);
      return text.lines().filter(line -> !line.startsWith("#")).map(Golden::parse).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("goldenCases")
  void rowsAreEncodedLikeGgmlWithTheSameImportance(Golden golden) throws NoSuchAlgorithmException {
    float[] values = golden.kind().values(golden.seed(), 2 * golden.columns());
    int rowBytes = (int) golden.type().bytesFor(golden.columns());
    byte[] encoded = new byte[2 * rowBytes];
    for (int row = 0; row < 2; row++) {
      int from = row * golden.columns();
      BlockEncoder.encodeRow(
          golden.type(),
          values,
          from,
          encoded,
          row * rowBytes,
          golden.columns(),
          golden.importance());
    }
    HexFormat hex = HexFormat.of();
    assertThat(hex.formatHex(encoded, 0, golden.type().blockBytes()))
        .isEqualTo(golden.firstBlock());
    assertThat(hex.formatHex(MessageDigest.getInstance("SHA-256").digest(encoded)))
        .isEqualTo(golden.sha256());
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16", "Q8_0", "MXFP4"})
  void someFormatsDoNotLookAtImportance(TensorType type) {
    float[] row = RowKind.BELL.values(3, 512);
    byte[] plain = new byte[(int) type.bytesFor(row.length)];
    byte[] weighted = plain.clone();
    BlockEncoder.encode(type, row, 0, plain, 0, row.length);
    BlockEncoder.encodeRow(
        type, row, 0, weighted, 0, row.length, RowKind.POSITIVE.values(4, row.length));
    assertThat(weighted).isEqualTo(plain);
  }

  @ParameterizedTest
  @EnumSource(
      names = {"F32", "F16", "BF16", "Q8_0", "MXFP4"},
      mode = EnumSource.Mode.EXCLUDE)
  void errorsOfImportantColumnsBecomeSmaller(TensorType type) {
    int columns = 4096;
    float[] row = RowKind.BELL.values(5, columns);
    float[] importance = new float[columns];
    for (int i = 0; i < columns; i++) {
      importance[i] = i % 8 == 0 ? 1000 : 1;
    }
    float[] even = new float[columns];
    Arrays.fill(even, 1);
    assertThat(importantError(type, row, importance))
        .isLessThan(importantError(type, row, even) * 0.98);
  }

  private static double importantError(TensorType type, float[] row, float[] importance) {
    byte[] encoded = new byte[(int) type.bytesFor(row.length)];
    BlockEncoder.encodeRow(type, row, 0, encoded, 0, row.length, importance);
    float[] decoded = new float[row.length];
    BlockDecoder.decode(type, encoded, 0, decoded, 0, row.length);
    double error = 0;
    for (int i = 0; i < row.length; i += 8) {
      error += Math.pow(row[i] - decoded[i], 2);
    }
    return error;
  }

  @Test
  void importanceOfOtherColumnsIsRefused() {
    float[] row = new float[64];
    byte[] target = new byte[64];
    assertThatThrownBy(
            () -> BlockEncoder.encodeRow(TensorType.Q4_0, row, 0, target, 0, 64, new float[32]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("32 columns for a row of 64");
  }
}
