package dev.flyball.kernels;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

/**
 * Holds the decoders to results of ggml's dequantize_row routines (commit d99724f2, gcc -O2, no
 * fused multiply-add), taken over random blocks of all bit patterns: infinities, NaN and subnormal
 * scales included. NaN is compared as NaN, whatever its payload.
 */
class BlockDecoderTest {
  private static final String GOLDEN = "ggml-decoded.tsv";

  /** One line of the golden file: type, seed, number of blocks, SHA-256, first block's floats. */
  record Golden(TensorType type, long seed, int blocks, String sha256, String firstBlock) {
    static Golden parse(String line) {
      String[] fields = line.split("\t", -1);
      return new Golden(
          TensorType.valueOf(fields[0]),
          Long.parseLong(fields[1]),
          Integer.parseInt(fields[2]),
          fields[3],
          fields[4]);
    }

    byte[] source() {
      return randomBytes(seed, blocks * type.blockBytes());
    }

    int values() {
      return blocks * type.blockElements();
    }
  }

  static List<Golden> goldenCases() throws IOException {
    try (InputStream file = BlockDecoderTest.class.getResourceAsStream(GOLDEN)) {
      String text = new String(Objects.requireNonNull(file).readAllBytes(), UTF_8);
      return text.lines().filter(line -> !line.startsWith("#")).map(Golden::parse).toList();
    }
  }

  static Stream<TensorType> halfFormats() {
    return Stream.of(TensorType.F16, TensorType.BF16);
  }

  private static byte[] randomBytes(long seed, int count) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @MethodSource("goldenCases")
  void randomBlocksDecodeLikeGgml(Golden golden) throws NoSuchAlgorithmException {
    float[] decoded = new float[golden.values()];

    BlockDecoder.decode(golden.type(), golden.source(), 0, decoded, 0, decoded.length);

    byte[] bits = bits(decoded);
    int firstBytes = Math.min(bits.length, 4 * golden.type().blockElements());
    assertThat(HexFormat.of().formatHex(bits, 0, firstBytes)).isEqualTo(golden.firstBlock());
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(bits);
    assertThat(HexFormat.of().formatHex(hash)).isEqualTo(golden.sha256());
  }

  /** The floats' bits, little-endian, every NaN as 0x7fc00000. */
  private static byte[] bits(float[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      buffer.putInt(Float.floatToIntBits(value));
    }
    return buffer.array();
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void everyTypeHasGoldenBlocks(TensorType type) throws IOException {
    assertThat(goldenCases()).anyMatch(golden -> golden.type() == type);
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void memoryDecodesLikeAnArrayFromAnyOffset(TensorType type) {
    int blocks = 9000 / type.blockBytes() + 3;
    byte[] source = randomBytes(7, blocks * type.blockBytes());
    int count = blocks * type.blockElements();
    float[] expected = new float[count];
    BlockDecoder.decode(type, source, 0, expected, 0, count);
    float[] decoded = new float[count + 5];
    float[] fromArray = new float[count + 5];
    byte[] shifted = new byte[source.length + 3];
    System.arraycopy(source, 0, shifted, 3, source.length);

    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocateFrom(ValueLayout.JAVA_BYTE, shifted);
      BlockDecoder.decode(type, memory, 3, decoded, 5, count);
    }
    BlockDecoder.decode(type, shifted, 3, fromArray, 5, count);

    assertThat(bits(Arrays.copyOfRange(decoded, 5, decoded.length))).isEqualTo(bits(expected));
    assertThat(bits(Arrays.copyOfRange(fromArray, 5, decoded.length))).isEqualTo(bits(expected));
    assertThat(decoded).startsWith(0, 0, 0, 0, 0);
  }

  @ParameterizedTest
  @MethodSource("halfFormats")
  void halfFormatsMatchTheirDefinitionForAllBitPatterns(TensorType type) {
    byte[] source = new byte[2 << 16];
    for (int bits = 0; bits < 1 << 16; bits++) {
      source[2 * bits] = (byte) bits;
      source[2 * bits + 1] = (byte) (bits >> 8);
    }
    float[] decoded = new float[1 << 16];

    BlockDecoder.decode(type, source, 0, decoded, 0, decoded.length);

    float[] expected = new float[1 << 16];
    for (int bits = 0; bits < 1 << 16; bits++) {
      expected[bits] =
          (float) (type == TensorType.F16 ? valueOf(bits, 5, 10) : valueOf(bits, 8, 7));
    }
    assertThat(bits(decoded)).isEqualTo(bits(expected));
  }

  /** The value of a binary floating-point number by IEEE 754's definition. */
  private static double valueOf(int bits, int exponentBits, int fractionBits) {
    int bias = (1 << (exponentBits - 1)) - 1;
    int exponent = (bits >> fractionBits) & ((1 << exponentBits) - 1);
    int fraction = bits & ((1 << fractionBits) - 1);
    double sign = (bits >> 15) == 0 ? 1 : -1;
    if (exponent == (1 << exponentBits) - 1) {
      return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
    }
    double significand = Math.scalb((double) fraction, -fractionBits);
    return exponent == 0
        ? sign * Math.scalb(significand, 1 - bias)
        : sign * Math.scalb(1 + significand, exponent - bias);
  }

  @ParameterizedTest
  @EnumSource(
      value = TensorType.class,
      names = {"F32", "F16", "BF16"},
      mode = EnumSource.Mode.EXCLUDE)
  void partOfABlockIsRefused(TensorType type) {
    byte[] source = new byte[type.blockBytes()];
    float[] target = new float[type.blockElements()];

    assertThatThrownBy(
            () -> BlockDecoder.decode(type, source, 0, target, 0, type.blockElements() - 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(type.name());
  }

  @ParameterizedTest
  @EnumSource(TensorType.class)
  void sourceThatIsTooShortIsRefused(TensorType type) {
    byte[] source = new byte[type.blockBytes() - 1];
    float[] target = new float[type.blockElements()];

    assertThatThrownBy(() -> BlockDecoder.decode(type, source, 0, target, 0, target.length))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
