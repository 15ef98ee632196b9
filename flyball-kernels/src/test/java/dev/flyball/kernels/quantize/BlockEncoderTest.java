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
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds the encoders to results of ggml's quantize functions without importance matrix (commit
 * d99724f2, gcc -O2, no fused multiply-add).
 */
class BlockEncoderTest {
  /** One line of the golden file. */
  record Golden(
      TensorType type, RowKind kind, long seed, int values, String sha256, String firstBlock) {
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
  }

  static List<Golden> goldenCases() throws IOException {
    try (InputStream file = BlockEncoderTest.class.getResourceAsStream("ggml-encoded.tsv")) {
      String text = new String(Objects.requireNonNull(file).readAllBytes(), UTF_8);
      return text.lines().filter(line -> !line.startsWith("#")).map(Golden::parse).toList();
    }
  }

  static Stream<TensorType> typesWithScales() {
    return Arrays.stream(TensorType.values()).filter(type -> type.blockElements() > 1);
  }

  @ParameterizedTest
  @MethodSource("goldenCases")
  void rowsAreEncodedLikeGgml(Golden golden) throws NoSuchAlgorithmException {
    byte[] encoded = encode(golden.type(), golden.kind().values(golden.seed(), golden.values()));

    HexFormat hex = HexFormat.of();
    assertThat(hex.formatHex(encoded, 0, golden.type().blockBytes()))
        .isEqualTo(golden.firstBlock());
    assertThat(hex.formatHex(MessageDigest.getInstance("SHA-256").digest(encoded)))
        .isEqualTo(golden.sha256());
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void everyTypeAndKindHasAGoldenRow(TensorType type) throws IOException {
    assertThat(goldenCases().stream().filter(golden -> golden.type() == type).map(Golden::kind))
        .containsExactlyInAnyOrder(RowKind.values());
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void decodedRowsAreNearTheirSource(TensorType type) {
    float[] source = RowKind.BELL.values(5, 4096);
    float[] decoded = decode(type, encode(type, source));

    double squares = 0;
    double errors = 0;
    for (int i = 0; i < source.length; i++) {
      squares += (double) source[i] * source[i];
      errors += Math.pow(source[i] - decoded[i], 2);
    }
    assertThat(Math.sqrt(errors / squares)).isLessThanOrEqualTo(largestRelativeError(type));
  }

  /** Root mean square of errors over that of values: about half a level's distance. */
  private static double largestRelativeError(TensorType type) {
    return switch (type) {
      case F32 -> 0;
      case F16 -> 0.0005;
      case BF16 -> 0.004;
      case Q8_0 -> 0.01;
      case Q6_K -> 0.02;
      case Q5_0, Q5_1, Q5_K -> 0.05;
      case Q4_0, Q4_1, Q4_K, IQ4_NL, IQ4_XS, MXFP4 -> 0.12;
      case Q3_K -> 0.2;
      case Q2_K -> 0.4;
    };
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void onlyTheBytesOfTheBlocksAreTouched(TensorType type) {
    int count = 2 * type.blockElements();
    int bytes = 2 * type.blockBytes();
    float[] source = RowKind.BELL.values(3, count + 7);
    byte[] target = new byte[bytes + 10];
    Arrays.fill(target, (byte) 0x5A);

    BlockEncoder.encode(type, source, 7, target, 5, count);

    byte[] expected = encode(type, Arrays.copyOfRange(source, 7, source.length));
    assertThat(Arrays.copyOfRange(target, 5, 5 + bytes)).isEqualTo(expected);
    assertThat(Arrays.copyOf(target, 5)).containsOnly(0x5A);
    assertThat(Arrays.copyOfRange(target, 5 + bytes, target.length)).containsOnly(0x5A);
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void anyFiniteValuesAreEncodedToFiniteOnesOrRefused(TensorType type) {
    long seed = 20_261_121;
    System.out.println("BlockEncoderTest " + type + " seed " + seed);
    Random random = new Random(seed);
    int refused = 0;
    for (int round = 0; round < 64; round++) {
      float[] source = anyFinite(random, round % 16);
      try {
        float[] decoded = decode(type, encode(type, source));
        for (float value : decoded) {
          assertThat(Float.isFinite(value)).isTrue();
        }
      } catch (ArithmeticException tooLarge) {
        assertThat(tooLarge).hasMessageContaining("too large");
        refused++;
      }
    }
    assertThat(refused).isLessThan(64);
  }

  /** Random bit patterns, the larger ones left out the more the higher {@code limit} is. */
  private static float[] anyFinite(Random random, int limit) {
    float[] values = new float[512];
    for (int i = 0; i < values.length; i++) {
      int exponent = random.nextInt(255 - 15 * limit);
      values[i] = Float.intBitsToFloat((random.nextInt() & 0x807F_FFFF) | (exponent << 23));
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void valuesThatAreNotFiniteAreRefused(float value) {
    for (TensorType type : TensorType.values()) {
      float[] source = new float[256];
      source[255] = value;
      assertThatThrownBy(() -> encode(type, source))
          .isInstanceOf(ArithmeticException.class)
          .hasMessage("a value is " + value);
    }
  }

  @ParameterizedTest
  @MethodSource("typesWithScales")
  void partsOfBlocksAreRefused(TensorType type) {
    assertThatThrownBy(() -> encode(type, new float[type.blockElements() + 1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] encode(TensorType type, float[] source) {
    byte[] encoded = new byte[(int) type.bytesFor(source.length)];
    BlockEncoder.encode(type, source, 0, encoded, 0, source.length);
    return encoded;
  }

  private static float[] decode(TensorType type, byte[] encoded) {
    float[] decoded = new float[encoded.length / type.blockBytes() * type.blockElements()];
    BlockDecoder.decode(type, encoded, 0, decoded, 0, decoded.length);
    return decoded;
  }
}
