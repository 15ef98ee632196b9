package dev.flyball.engine.gguf;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys and values of a GGUF file.
 *
 * <p>A getter called {@code find...} gives nothing where the key is missing, the others throw. All
 * throw {@link EngineException} with FILE_CORRUPT, naming file, key, expected and found type, where
 * the value has another type. Strings and arrays are decoded from the mapped file anew at each
 * call, so keep the result and ask before the file is closed. Thread-safe.
 */
public final class GgufMetadata {
  private final String source;
  private final Map<String, GgufValue> values;

  GgufMetadata(String source, Map<String, GgufValue> values) {
    this.source = source;
    this.values = values;
  }

  /** All keys in file order. */
  public Set<String> keys() {
    return Collections.unmodifiableSet(values.keySet());
  }

  public boolean has(String key) {
    return values.containsKey(key);
  }

  public boolean isArray(String key) {
    return values.get(key) instanceof GgufValue.Array;
  }

  /** The value of {@code general.architecture}, e.g. {@code llama}. */
  public String architecture() {
    return string("general.architecture");
  }

  public Optional<String> findString(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof GgufValue.Text text) {
      return Optional.of(text.text());
    }
    throw wrongType(key, value, "a string");
  }

  public String string(String key) {
    return findString(key).orElseThrow(() -> missing(key, "a string"));
  }

  public OptionalLong findInteger(String key) {
    GgufValue value = values.get(key);
    return value == null ? OptionalLong.empty() : OptionalLong.of(toInteger(key, value));
  }

  public long integer(String key) {
    return findInteger(key).orElseThrow(() -> missing(key, "an integer"));
  }

  private long toInteger(String key, GgufValue value) {
    if (!(value instanceof GgufValue.Scalar scalar) || !scalar.type().isInteger()) {
      throw wrongType(key, value, "an integer");
    }
    if (scalar.type() == GgufValueType.UINT64 && scalar.bits() < 0) {
      throw invalid(key, Long.toUnsignedString(scalar.bits()) + " is too large");
    }
    return scalar.bits();
  }

  /** A floating-point number, or an integer as one. */
  public OptionalDouble findNumber(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      return OptionalDouble.empty();
    }
    if (value instanceof GgufValue.Scalar scalar && GgufArrays.isNumber(scalar.type())) {
      return OptionalDouble.of(GgufArrays.toDouble(scalar.type(), scalar.bits()));
    }
    throw wrongType(key, value, "a number");
  }

  /** A floating-point number, or an integer as one. */
  public double number(String key) {
    return findNumber(key).orElseThrow(() -> missing(key, "a number"));
  }

  public Optional<Boolean> findBoolean(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (value instanceof GgufValue.Scalar scalar && scalar.type() == GgufValueType.BOOL) {
      return Optional.of(scalar.bits() != 0);
    }
    throw wrongType(key, value, "a truth value");
  }

  /** Number of elements of an array. */
  public long arrayLength(String key) {
    GgufValue value = values.get(key);
    if (value instanceof GgufValue.Array array) {
      return array.count();
    }
    throw missingOrWrongType(key, value, "an array");
  }

  /** An array of strings; bytes that are not UTF-8 become U+FFFD. */
  public List<String> strings(String key) {
    String expected = "an array of strings";
    GgufValue.Array array = array(key, expected);
    if (array.elementType() != GgufValueType.STRING) {
      throw wrongType(key, array, expected);
    }
    List<String> strings = new ArrayList<>(length(key, array));
    GgufArrays.strings(array, array.count(), strings::add);
    return Collections.unmodifiableList(strings);
  }

  /** An array of integers that each fit an int (unsigned values of 32 bits up to 2^31 - 1). */
  public int[] integers(String key) {
    String expected = "an array of integers";
    GgufValue.Array array = array(key, expected);
    if (!array.elementType().isInteger()) {
      throw wrongType(key, array, expected);
    }
    int[] integers = new int[length(key, array)];
    for (int i = 0; i < integers.length; i++) {
      long bits = GgufArrays.scalar(array, i);
      if (bits != (int) bits) {
        throw invalid(key, "element " + i + " does not fit an integer of 32 bits");
      }
      integers[i] = (int) bits;
    }
    return integers;
  }

  /** An array of numbers, rounded to float. */
  public float[] numbers(String key) {
    String expected = "an array of numbers";
    GgufValue.Array array = array(key, expected);
    if (!GgufArrays.isNumber(array.elementType())) {
      throw wrongType(key, array, expected);
    }
    float[] numbers = new float[length(key, array)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) GgufArrays.toDouble(array.elementType(), GgufArrays.scalar(array, i));
    }
    return numbers;
  }

  /** An array of truth values; every byte but 0 is true. */
  public boolean[] booleans(String key) {
    String expected = "an array of truth values";
    GgufValue.Array array = array(key, expected);
    if (array.elementType() != GgufValueType.BOOL) {
      throw wrongType(key, array, expected);
    }
    boolean[] booleans = new boolean[length(key, array)];
    for (int i = 0; i < booleans.length; i++) {
      booleans[i] = GgufArrays.scalar(array, i) != 0;
    }
    return booleans;
  }

  /** The value as it stands in the file, of a key that is there. */
  GgufValue value(String key) {
    return Objects.requireNonNull(values.get(key), key);
  }

  /** The value in one short line for people: long strings and arrays are cut. */
  public String describe(String key) {
    GgufValue value = values.get(key);
    if (value == null) {
      throw missing(key, "a value");
    }
    return GgufArrays.describe(value);
  }

  /** The error for a value that has the right type but makes no sense. */
  public EngineException invalid(String key, String problem) {
    GgufValue value = values.get(key);
    String where = value == null ? "" : " at byte " + value.positionBytes();
    return new EngineException(
        EngineError.FILE_CORRUPT, source + ": key " + Quoted.of(key) + where + ": " + problem);
  }

  private GgufValue.Array array(String key, String expected) {
    GgufValue value = values.get(key);
    if (value instanceof GgufValue.Array array) {
      return array;
    }
    throw missingOrWrongType(key, value, expected);
  }

  private int length(String key, GgufValue.Array array) {
    if (array.count() > Integer.MAX_VALUE - 8) {
      throw invalid(key, array.count() + " elements are too many");
    }
    return (int) array.count();
  }

  private EngineException missingOrWrongType(
      String key, @Nullable GgufValue value, String expected) {
    return value == null ? missing(key, expected) : wrongType(key, value, expected);
  }

  private EngineException missing(String key, String expected) {
    return invalid(key, "is missing; it should be " + expected);
  }

  private EngineException wrongType(String key, GgufValue value, String expected) {
    return invalid(key, "should be " + expected + " but is " + value.typeName());
  }
}
