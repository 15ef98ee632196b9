package dev.flyball.engine.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values of every type, through the writer, a file and the reader. */
class GgufMetadataTest {
  @TempDir private Path folder;
  private GgufFile file;
  private GgufMetadata metadata;

  @BeforeEach
  void writeAndOpen() {
    Path path = folder.resolve("values.gguf");
    new GgufWriter()
        .putString("general.architecture", "llama")
        .putString("text", "line one\nГлава 🪶")
        .putInteger("u8", GgufValueType.UINT8, 255)
        .putInteger("i8", GgufValueType.INT8, -128)
        .putInteger("u16", GgufValueType.UINT16, 65_535)
        .putInteger("i16", GgufValueType.INT16, -32_768)
        .putInteger("u32", GgufValueType.UINT32, 4_294_967_295L)
        .putInteger("i32", GgufValueType.INT32, Integer.MIN_VALUE)
        .putInteger("u64", GgufValueType.UINT64, Long.MAX_VALUE)
        .putInteger("i64", GgufValueType.INT64, Long.MIN_VALUE)
        .putNumber("f32", GgufValueType.FLOAT32, 0.1)
        .putNumber("f64", GgufValueType.FLOAT64, 0.1)
        .putBoolean("yes", true)
        .putBoolean("no", false)
        .putStrings("strings", List.of("", "a", "Ġthe", "é", "b", "c", "d", "e", "f"))
        .putIntegers("integers", GgufValueType.UINT16, 0, 1, 65_535)
        .putIntegers("large integers", GgufValueType.UINT32, 1, 4_294_967_295L)
        .putNumbers("numbers", GgufValueType.FLOAT32, 1.5, -0.25)
        .putNumbers("doubles", GgufValueType.FLOAT64, 1.5, 1e300)
        .putBooleans("booleans", true, false, true)
        .putStrings("none", List.of())
        .write(path);
    file = GgufFile.open(path);
    metadata = file.metadata();
  }

  @AfterEach
  void close() {
    file.close();
  }

  private static void assertRefused(ThrowingCallable access, String... parts) {
    assertThatExceptionOfType(EngineException.class)
        .isThrownBy(access)
        .satisfies(e -> assertThat(e.error()).isEqualTo(EngineError.FILE_CORRUPT))
        .satisfies(e -> assertThat(e.getMessage()).contains("values.gguf").contains(parts));
  }

  @Test
  void integersOfAllWidthsAreRead() {
    assertThat(metadata.integer("u8")).isEqualTo(255);
    assertThat(metadata.integer("i8")).isEqualTo(-128);
    assertThat(metadata.integer("u16")).isEqualTo(65_535);
    assertThat(metadata.integer("i16")).isEqualTo(-32_768);
    assertThat(metadata.integer("u32")).isEqualTo(4_294_967_295L);
    assertThat(metadata.integer("i32")).isEqualTo(Integer.MIN_VALUE);
    assertThat(metadata.integer("u64")).isEqualTo(Long.MAX_VALUE);
    assertThat(metadata.integer("i64")).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void otherScalarsAreRead() {
    assertThat(metadata.architecture()).isEqualTo("llama");
    assertThat(metadata.string("text")).isEqualTo("line one\nГлава 🪶");
    assertThat(metadata.number("f32")).isEqualTo(0.1f);
    assertThat(metadata.number("f64")).isEqualTo(0.1);
    assertThat(metadata.number("u8")).isEqualTo(255);
    assertThat(metadata.findBoolean("yes")).contains(true);
    assertThat(metadata.findBoolean("no")).contains(false);
  }

  @Test
  void arraysAreRead() {
    assertThat(metadata.strings("strings"))
        .containsExactly("", "a", "Ġthe", "é", "b", "c", "d", "e", "f");
    assertThat(metadata.strings("none")).isEmpty();
    assertThat(metadata.integers("integers")).containsExactly(0, 1, 65_535);
    assertThat(metadata.numbers("numbers")).containsExactly(1.5f, -0.25f);
    assertThat(metadata.numbers("doubles")).containsExactly(1.5f, Float.POSITIVE_INFINITY);
    assertThat(metadata.numbers("integers")).containsExactly(0, 1, 65_535);
    assertThat(metadata.booleans("booleans")).containsExactly(true, false, true);
    assertThat(metadata.arrayLength("strings")).isEqualTo(9);
    assertThat(metadata.isArray("strings")).isTrue();
    assertThat(metadata.isArray("u8")).isFalse();
  }

  @Test
  void missingKeysAreNothingOrAnErrorThatNamesThem() {
    assertThat(metadata.has("absent")).isFalse();
    assertThat(metadata.findString("absent")).isEmpty();
    assertThat(metadata.findInteger("absent")).isEmpty();
    assertThat(metadata.findNumber("absent")).isEmpty();
    assertThat(metadata.findBoolean("absent")).isEmpty();
    assertRefused(() -> metadata.string("absent"), "'absent'", "is missing", "a string");
    assertRefused(() -> metadata.integer("absent"), "'absent'", "is missing", "an integer");
    assertRefused(() -> metadata.strings("absent"), "'absent'", "is missing", "array of strings");
  }

  @Test
  void otherTypesAreAnErrorThatNamesBoth() {
    assertRefused(() -> metadata.findString("u8"), "'u8'", "at byte", "a string", "is uint8");
    assertRefused(() -> metadata.findInteger("f32"), "'f32'", "an integer", "is float32");
    assertRefused(() -> metadata.findInteger("yes"), "an integer", "is bool");
    assertRefused(() -> metadata.findNumber("text"), "a number", "is string");
    assertRefused(() -> metadata.findBoolean("u8"), "a truth value", "is uint8");
    assertRefused(() -> metadata.strings("integers"), "array of strings", "array of 3 uint16");
    assertRefused(() -> metadata.integers("strings"), "array of integers", "array of 9 string");
    assertRefused(() -> metadata.numbers("booleans"), "array of numbers", "array of 3 bool");
    assertRefused(() -> metadata.booleans("integers"), "array of truth values");
    assertRefused(() -> metadata.integers("u8"), "array of integers", "is uint8");
    assertRefused(() -> metadata.integers("large integers"), "element 1", "32 bits");
  }

  @Test
  void valuesAreDescribedInOneShortLine() {
    assertThat(metadata.describe("text")).isEqualTo("line one\\nГлава 🪶");
    assertThat(metadata.describe("u32")).isEqualTo("4294967295");
    assertThat(metadata.describe("i8")).isEqualTo("-128");
    assertThat(metadata.describe("f32")).isEqualTo("0.1");
    assertThat(metadata.describe("yes")).isEqualTo("true");
    assertThat(metadata.describe("integers")).isEqualTo("[0, 1, 65535]");
    assertThat(metadata.describe("strings"))
        .isEqualTo("[\"\", \"a\", \"Ġthe\", \"é\", \"b\", \"c\", \"d\", \"e\", …] (9 elements)");
  }

  @Test
  void keysKeepTheirOrder() {
    assertThat(metadata.keys()).startsWith("general.architecture", "text", "u8", "i8").hasSize(21);
  }
}
