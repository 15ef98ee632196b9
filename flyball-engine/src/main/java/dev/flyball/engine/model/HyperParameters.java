package dev.flyball.engine.model;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.gguf.GgufFile;
import dev.flyball.engine.gguf.GgufMetadata;
import java.util.Arrays;
import java.util.Optional;

/**
 * Checked reading of the keys that begin with the architecture's name. All errors name file and
 * key.
 */
public final class HyperParameters {
  private final GgufFile file;
  private final GgufMetadata metadata;
  private final String architecture;

  HyperParameters(GgufFile file) {
    this(file, file.metadata().architecture());
  }

  /**
   * @param architecture what the keys begin with
   */
  HyperParameters(GgufFile file, String architecture) {
    this.file = file;
    this.metadata = file.metadata();
    this.architecture = architecture;
  }

  public String architecture() {
    return architecture;
  }

  private String key(String name) {
    return architecture + "." + name;
  }

  public boolean has(String name) {
    return metadata.has(key(name));
  }

  /** A length or count from 1; of an array, whose elements must be equal, the element. */
  public int count(String name) {
    return checked(name, integer(name), 1);
  }

  /** A length or count from 1, or the default where the key is missing. */
  public int count(String name, int orElse) {
    return has(name) ? count(name) : orElse;
  }

  /** Lengths or counts from 1, one for each layer: an array, or a number that all have. */
  public int[] countEach(String name, int layers) {
    int[] counts = new int[layers];
    if (!isArray(name)) {
      Arrays.fill(counts, count(name));
      return counts;
    }
    int[] given = integers(name);
    if (given.length < layers) {
      throw invalid(name, "has " + given.length + " values for " + layers + " layers");
    }
    Arrays.setAll(counts, i -> checked(name, given[i], 1));
    return counts;
  }

  /** A count from 0, or 0 where the key is missing. */
  public int countOrNone(String name) {
    return has(name) ? checked(name, integer(name), 0) : 0;
  }

  boolean isArray(String name) {
    return metadata.isArray(key(name));
  }

  /** An array of flags. */
  boolean[] flags(String name) {
    return metadata.booleans(key(name));
  }

  /** An array of integers. */
  int[] integers(String name) {
    return metadata.integers(key(name));
  }

  /** A count from 0 for each layer: of an array, or the same for all. */
  public int[] eachLayer(String name, int layers) {
    int[] counts = new int[layers];
    if (isArray(name)) {
      int[] values = integers(name);
      if (values.length != layers) {
        throw invalid(name, "has " + values.length + " numbers for " + layers + " layers");
      }
      for (int i = 0; i < layers; i++) {
        counts[i] = checked(name, values[i], 0);
      }
    } else {
      Arrays.fill(counts, checked(name, integer(name), 0));
    }
    return counts;
  }

  private long integer(String name) {
    String key = key(name);
    if (!metadata.isArray(key)) {
      return metadata.integer(key);
    }
    int[] values = metadata.integers(key);
    if (values.length == 0 || Arrays.stream(values).distinct().count() != 1) {
      throw unsupported(name, "has different values for different layers");
    }
    return values[0];
  }

  private int checked(String name, long value, int min) {
    if (value < min || value > Integer.MAX_VALUE) {
      throw invalid(name, "should be " + min + " to " + Integer.MAX_VALUE + " but is " + value);
    }
    return (int) value;
  }

  /** A finite number above 0. */
  public double positive(String name) {
    double value = metadata.number(key(name));
    if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
      throw invalid(name, "should be a number above 0 but is " + value);
    }
    return value;
  }

  /** A finite number above 0, or the default where the key is missing. */
  public double positive(String name, double orElse) {
    return has(name) ? positive(name) : orElse;
  }

  /** A number, or the default where the key is missing. */
  public double number(String name, double orElse) {
    return metadata.findNumber(key(name)).orElse(orElse);
  }

  Optional<String> text(String name) {
    return metadata.findString(key(name));
  }

  public boolean flag(String name, boolean orElse) {
    return metadata.findBoolean(key(name)).orElse(orElse);
  }

  /** {@code pooling_type}, numbered as in llama.cpp's {@code llama_pooling_type}. */
  Pooling pooling() {
    int number = countOrNone("pooling_type");
    return switch (number) {
      case 0 -> Pooling.NONE;
      case 1 -> Pooling.MEAN;
      case 2 -> Pooling.CLS;
      case 3 -> Pooling.LAST;
      case 4 -> Pooling.RANK;
      default -> throw unsupported("pooling_type", "is " + number + "; supported are 0 to 4");
    };
  }

  /** The error for a value that makes no sense. */
  public EngineException invalid(String name, String problem) {
    return metadata.invalid(key(name), problem);
  }

  /** The error for a value that this version cannot do. */
  public EngineException unsupported(String name, String problem) {
    return new EngineException(
        EngineError.UNSUPPORTED_MODEL,
        file.parts().getFirst() + ": key \"" + key(name) + "\" " + problem);
  }
}
