package dev.flyball.engine.gguf;

import java.nio.file.Path;

/**
 * Bytes of one of a model's files.
 *
 * @param offsetBytes from the beginning of the file
 */
public record FileRange(Path path, long offsetBytes, long bytes) {
  /** A part of these bytes. */
  public FileRange part(long fromBytes, long lengthBytes) {
    if (fromBytes < 0 || lengthBytes < 0 || fromBytes > bytes - lengthBytes) {
      throw new IndexOutOfBoundsException(
          "%d bytes from %d of %d".formatted(lengthBytes, fromBytes, bytes));
    }
    return new FileRange(path, offsetBytes + fromBytes, lengthBytes);
  }
}
