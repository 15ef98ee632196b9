package dev.flyball.engine.gguf;

import static dev.flyball.engine.EngineError.FILE_CORRUPT;
import static dev.flyball.engine.EngineError.UNSUPPORTED_MODEL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.kernels.TensorType;
import org.junit.jupiter.api.Test;

class GgufHeaderReaderTest {
  private static void assertRefused(RawGguf file, EngineError error, String... parts) {
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(file::read)
        .satisfies(e -> assertThat(e.error()).isEqualTo(error))
        .satisfies(e -> assertThat(e.getMessage()).startsWith("model.gguf: ").contains(parts));
  }

  @Test
  void emptyModelIsRead() {
    GgufHeader header = RawGguf.header(0, 0).read();

    assertThat(header.version()).isEqualTo(3);
    assertThat(header.tensors()).isEmpty();
    assertThat(header.metadata().keys()).isEmpty();
  }

  @Test
  void versionTwoIsRead() {
    assertThat(new RawGguf().u32(0x46554747).u32(2).u64(0).u64(0).read().version()).isEqualTo(2);
  }

  @Test
  void otherFilesAreNamedAsSuch() {
    assertRefused(new RawGguf(), FILE_CORRUPT, "no GGUF file");
    assertRefused(new RawGguf().u8('G').u8('G'), FILE_CORRUPT, "no GGUF file");
    assertRefused(new RawGguf().u32(0x04034b50).u64(0).u64(0), FILE_CORRUPT, "no GGUF file");
  }

  @Test
  void bigEndianFilesAreRefusedAsSuch() {
    RawGguf file = new RawGguf().u32(0x46554747).u32(0x03000000).u64(0).u64(0);

    assertRefused(file, UNSUPPORTED_MODEL, "big-endian", "byte 4");
  }

  @Test
  void versionsThatAreNotKnownAreNamed() {
    assertRefused(
        new RawGguf().u32(0x46554747).u32(1).u64(0).u64(0), UNSUPPORTED_MODEL, "GGUF version 1");
    assertRefused(
        new RawGguf().u32(0x46554747).u32(4).u64(0).u64(0), UNSUPPORTED_MODEL, "GGUF version 4");
  }

  @Test
  void headerThatEndsEarlyIsNamedWithItsPlace() {
    assertRefused(
        new RawGguf().u32(0x46554747).u32(3), FILE_CORRUPT, "number of tensors", "byte 8");
  }

  @Test
  void countsThatTheFileCannotHoldAreRefusedBeforeUse() {
    assertRefused(RawGguf.header(1L << 40, 0), FILE_CORRUPT, "number of tensors", "byte 8");
    assertRefused(RawGguf.header(-1, 0), FILE_CORRUPT, "18446744073709551615");
    assertRefused(RawGguf.header(0, 1L << 60), FILE_CORRUPT, "number of metadata keys", "byte 16");
    assertRefused(
        RawGguf.header(0, 1 << 17).data(1 << 21), FILE_CORRUPT, "131072", "limit of 65536");
  }

  @Test
  void stringsThatGoBeyondTheFileAreRefused() {
    RawGguf file = RawGguf.header(0, 1).key("general.name", GgufValueType.STRING).u64(1000).u64(0);

    assertRefused(file, FILE_CORRUPT, "'general.name'", "at byte 48", "1000", "beyond the file");
  }

  @Test
  void arraysThatGoBeyondTheFileAreRefused() {
    RawGguf strings =
        RawGguf.header(0, 1)
            .key("a", GgufValueType.ARRAY)
            .u32(GgufValueType.STRING.id())
            .u64(1L << 61);
    RawGguf numbers =
        RawGguf.header(0, 1).key("a", GgufValueType.ARRAY).u32(GgufValueType.INT64.id()).u64(2);

    assertRefused(strings, FILE_CORRUPT, "key 'a'", "beyond the file");
    assertRefused(numbers.u64(1), FILE_CORRUPT, "key 'a'", "beyond the file");
  }

  @Test
  void deeplyNestedArraysAreRefused() {
    RawGguf file = RawGguf.header(0, 1).key("deep", GgufValueType.ARRAY);
    for (int depth = 0; depth < 1000; depth++) {
      file.u32(GgufValueType.ARRAY.id()).u64(1);
    }

    assertRefused(file, FILE_CORRUPT, "'deep'", "nested more than 4 deep");
  }

  @Test
  void nestedArraysAreAccepted() {
    RawGguf file =
        RawGguf.header(0, 1)
            .key("nested", GgufValueType.ARRAY)
            .u32(GgufValueType.ARRAY.id())
            .u64(1)
            .u32(GgufValueType.UINT8.id())
            .u64(2)
            .u8(1)
            .u8(2);

    assertThat(file.read().metadata().describe("nested")).isEqualTo("array of 1 array");
  }

  @Test
  void impossibleValuesAreRefused() {
    assertRefused(
        RawGguf.header(0, 1).string("k").u32(13).u64(0), FILE_CORRUPT, "'k'", "value type 13");
    assertRefused(
        RawGguf.header(0, 1).key("flag", GgufValueType.BOOL).u8(2), FILE_CORRUPT, "truth value 2");
  }

  @Test
  void keysOccurOnce() {
    RawGguf file =
        RawGguf.header(0, 2)
            .key("twin", GgufValueType.UINT8)
            .u8(1)
            .key("twin", GgufValueType.UINT8)
            .u8(1);

    assertRefused(file, FILE_CORRUPT, "key 'twin' at byte 41", "twice");
  }

  @Test
  void alignmentIsAPowerOfTwo() {
    for (int alignment : new int[] {0, 24, 1 << 30, -32}) {
      RawGguf file =
          RawGguf.header(0, 1).key("general.alignment", GgufValueType.INT32).u32(alignment);
      assertRefused(file, FILE_CORRUPT, "'general.alignment'", String.valueOf(alignment));
    }
  }

  @Test
  void tensorsAreReadInFileOrder() {
    GgufHeader header =
        RawGguf.header(3, 0)
            .tensor("second", 0, 32, 2, 3)
            .floats("first", 8, 0)
            .tensor("scalar", 0, 64)
            .data(68)
            .read();

    assertThat(header.tensors())
        .extracting(GgufTensor::name)
        .containsExactly("second", "first", "scalar");
    GgufTensor second = header.tensors().getFirst();
    assertThat(second.type()).isEqualTo(TensorType.F32);
    assertThat(second.shape()).containsExactly(2L, 3L);
    assertThat(second.rows()).isEqualTo(3);
    assertThat(second.data().byteSize()).isEqualTo(24);
    assertThat(header.tensors().getLast().shape()).containsExactly(1L);
  }

  @Test
  void tensorsOccurOnce() {
    RawGguf file = RawGguf.header(2, 0).floats("w", 8, 0).floats("w", 8, 32).data(64);

    assertRefused(file, FILE_CORRUPT, "tensor 'w' at byte 57", "twice");
  }

  @Test
  void tensorsLieApart() {
    RawGguf overlapping = RawGguf.header(2, 0).floats("a", 9, 0).floats("b", 8, 32).data(64);
    RawGguf same = RawGguf.header(2, 0).floats("a", 8, 0).floats("b", 8, 0).data(64);

    assertRefused(overlapping, FILE_CORRUPT, "tensor 'b'", "overlaps the data of tensor 'a'");
    assertRefused(same, FILE_CORRUPT, "overlaps");
  }

  @Test
  void tensorsLieInsideTheFile() {
    assertRefused(
        RawGguf.header(1, 0).floats("w", 9, 0).data(35), FILE_CORRUPT, "'w'", "beyond the end");
    assertRefused(
        RawGguf.header(1, 0).floats("w", 8, 1L << 40).data(32), FILE_CORRUPT, "1099511627776");
    assertRefused(
        RawGguf.header(1, 0).floats("w", 8, -32).data(32), FILE_CORRUPT, "beyond the end");
    assertRefused(RawGguf.header(1, 0).floats("w", 8, 0), FILE_CORRUPT, "'w'", "beyond");
  }

  @Test
  void tensorsBeginAligned() {
    assertRefused(
        RawGguf.header(1, 0).floats("w", 8, 4).data(64), FILE_CORRUPT, "alignment 32", "offset 4");
  }

  @Test
  void impossibleShapesAreRefused() {
    assertRefused(
        RawGguf.header(1, 0).tensor("w", 0, 0, 1, 1, 1, 1, 1).data(4),
        FILE_CORRUPT,
        "5 dimensions");
    assertRefused(RawGguf.header(1, 0).floats("w", 0, 0).data(4), FILE_CORRUPT, "length 0");
    assertRefused(
        RawGguf.header(1, 0).tensor("w", 0, 0, 1L << 32, 1L << 32).data(4),
        FILE_CORRUPT,
        "dimension 1",
        "4294967296");
    assertRefused(
        RawGguf.header(1, 0).tensor("w", 0, 0, 1L << 62).data(4), FILE_CORRUPT, "beyond the file");
  }

  @Test
  void rowsAreWholeBlocks() {
    RawGguf file = RawGguf.header(1, 0).tensor("w", TensorType.Q4_K.ggmlId(), 0, 128, 2).data(1024);

    assertRefused(file, FILE_CORRUPT, "'w'", "rows of 128", "Q4_K", "blocks of 256");
  }

  @Test
  void tensorTypesThatCannotBeReadAreNamed() {
    assertRefused(
        RawGguf.header(1, 0).tensor("w", 16, 0, 256).data(256),
        UNSUPPORTED_MODEL,
        "tensor 'w' at byte 45",
        "IQ2_XXS (ggml type 16)");
    assertRefused(
        RawGguf.header(1, 0).tensor("w", 99, 0, 256).data(256), UNSUPPORTED_MODEL, "ggml type 99");
    assertRefused(
        RawGguf.header(1, 0).tensor("w", -1, 0, 256).data(256), UNSUPPORTED_MODEL, "4294967295");
  }

  @Test
  void unprintableNamesAreRefused() {
    assertRefused(
        RawGguf.header(1, 0).floats("w\u001b[31m", 8, 0).data(32),
        FILE_CORRUPT,
        "byte 33: byte 0x1b");
    assertRefused(
        RawGguf.header(0, 1).key("schlüssel", GgufValueType.UINT8).u8(1), FILE_CORRUPT, "0xc3");
  }

  @Test
  void longNamesAreCutInMessages() {
    RawGguf file = RawGguf.header(1, 0).tensor("x".repeat(10_000), 99, 0, 256).data(256);

    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(file::read)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(250));
  }
}
