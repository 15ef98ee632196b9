package dev.flyball.engine.sparsity;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the file of a {@link SparsityTable}, line by line; every line is checked. */
final class TableReader {
  static final String FIRST_LINE = "flyball-sparsity 1";

  /** Far more than a table of the largest model. */
  private static final long MAX_BYTES = 16 << 20;

  private static final int MAX_NETWORKS = 4096;

  private final Path file;
  private int line;

  TableReader(Path file) {
    this.file = file;
  }

  SparsityTable read() throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw corrupt("is larger than %d bytes".formatted(MAX_BYTES));
    }
    try (BufferedReader lines = Files.newBufferedReader(file, ISO_8859_1)) {
      if (!next(lines).equals(FIRST_LINE)) {
        throw corrupt("is no table of gates: it should begin with \"" + FIRST_LINE + "\"");
      }
      String model = value(lines, "model");
      if (!model.matches("[0-9a-f]{64}")) {
        throw corrupt("the model should be 64 hexadecimal digits");
      }
      long tokens = number(value(lines, "tokens"), Long.MAX_VALUE);
      int networks = (int) number(value(lines, "networks"), MAX_NETWORKS);
      List<List<Float>> percentiles = new ArrayList<>();
      for (int network = 0; network < networks; network++) {
        percentiles.add(magnitudes(value(lines, "network " + network)));
      }
      return new SparsityTable(model, tokens, percentiles);
    }
  }

  private String next(BufferedReader lines) throws IOException {
    line++;
    String text = lines.readLine();
    if (text == null) {
      throw corrupt("ends too early");
    }
    return text;
  }

  private String value(BufferedReader lines, String key) throws IOException {
    String text = next(lines);
    if (!text.startsWith(key + " ")) {
      throw corrupt("should begin with \"" + key + "\"");
    }
    return text.substring(key.length() + 1);
  }

  private long number(String text, long most) {
    try {
      long number = Long.parseLong(text);
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw corrupt("\"" + text + "\" is no number");
    }
    throw corrupt("\"" + text + "\" is not 1 to " + most);
  }

  private List<Float> magnitudes(String text) {
    String[] words = text.split(" ", -1);
    if (words.length != SparsityTable.PERCENTILES) {
      throw corrupt("has %d magnitudes, not %d".formatted(words.length, SparsityTable.PERCENTILES));
    }
    List<Float> magnitudes = new ArrayList<>();
    float last = 0;
    for (String word : words) {
      float magnitude = magnitude(word);
      if (!(magnitude >= last && magnitude <= Float.MAX_VALUE)) {
        throw corrupt("\"" + word + "\" is no magnitude, or below the one before");
      }
      magnitudes.add(magnitude);
      last = magnitude;
    }
    return magnitudes;
  }

  private float magnitude(String word) {
    try {
      return Float.parseFloat(word);
    } catch (NumberFormatException e) {
      throw corrupt("\"" + word + "\" is no number");
    }
  }

  private EngineException corrupt(String what) {
    return new EngineException(EngineError.FILE_CORRUPT, file + ", line " + line + ": " + what);
  }
}
