package dev.flyball.engine.adapter;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An adapter to load.
 *
 * @param name what requests call it, 1 to {@value #MAX_NAME_LENGTH} characters
 * @param path of its GGUF file
 * @param scale what its result is multiplied by for requests that choose no adapters; 0: they do
 *     not have it
 */
public record AdapterFile(String name, Path path, float scale) {
  public static final int MAX_NAME_LENGTH = 200;

  private static final Pattern ARGUMENT =
      Pattern.compile(
          "(?:(?<name>[^=/\\\\]+)=)?(?<file>.*?[^/\\\\])(?::(?<scale>-?\\d{1,9}(?:\\.\\d{1,9})?))?");

  /** Scales beyond this are mistakes. */
  public static final float MAX_SCALE = 1000;

  public AdapterFile {
    if (name.isBlank() || name.length() > MAX_NAME_LENGTH) {
      throw new IllegalArgumentException(
          "the name of an adapter must have 1 to " + MAX_NAME_LENGTH + " characters");
    }
    requireScale(scale);
  }

  /**
   * Reads {@code [NAME=]FILE[:SCALE]}; without a name it is the file's, without {@code .gguf}.
   *
   * @param usualScale where the text has none
   * @throws IllegalArgumentException where the text is none, or name or scale cannot be
   */
  public static AdapterFile parse(String text, float usualScale) {
    Matcher parts = ARGUMENT.matcher(text.strip());
    if (!parts.matches()) {
      throw new IllegalArgumentException("an adapter is given as [NAME=]FILE[:SCALE]");
    }
    Path path = Path.of(parts.group("file"));
    String name = parts.group("name");
    String scale = parts.group("scale");
    return new AdapterFile(
        name == null ? path.getFileName().toString().replaceFirst("\\.gguf$", "") : name,
        path,
        scale == null ? usualScale : Float.parseFloat(scale));
  }

  /**
   * Size of the file.
   *
   * @throws EngineException FILE_UNREADABLE
   */
  public long sizeBytes() {
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw new EngineException(
          EngineError.FILE_UNREADABLE, "the adapter " + path + " cannot be read: " + e, e);
    }
  }

  /** The same with another scale. */
  public AdapterFile withScale(float other) {
    return new AdapterFile(name, path, other);
  }

  /**
   * @throws IllegalArgumentException where it is no number, or too large
   */
  static void requireScale(float scale) {
    if (!(Math.abs(scale) <= MAX_SCALE)) {
      throw new IllegalArgumentException(
          "the scale of an adapter must be %.0f to %.0f, not %s"
              .formatted(-MAX_SCALE, MAX_SCALE, scale));
    }
  }
}
