package dev.flyball.engine.evaluate;

import dev.flyball.engine.model.StepOutput;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32C;

/**
 * Writes a model's predictions to a file while it is scored, for others to be compared with. The
 * file appears when all windows are written. Not thread-safe.
 *
 * <p>Logarithms are kept in steps of at most 24 / 65535: less probable than e^-24 of the best token
 * is none.
 */
public final class BaseWriter implements Perplexity.Listener, AutoCloseable {
  private static final float LARGEST_RANGE = 24;
  private static final int HIGHEST_LEVEL = 0xFFFF;

  private final Path target;
  private final Path unfinished;
  private final OutputStream out;
  private final int vocabulary;
  private final LogProbabilities logProbabilities;
  private final ByteBuffer row;
  private final CRC32C checksum = new CRC32C();
  private boolean complete;

  /**
   * Begins a file.
   *
   * @param vocabulary tokens of the model's vocabulary
   * @throws UncheckedIOException where it cannot be written, or the disk has too little space
   */
  public BaseWriter(Path target, TextWindows text, int vocabulary) {
    this.target = target;
    this.vocabulary = vocabulary;
    BaseHeader header = BaseHeader.of(text, vocabulary);
    this.logProbabilities = new LogProbabilities(vocabulary);
    this.row = ByteBuffer.allocate(header.rowBytes()).order(ByteOrder.LITTLE_ENDIAN);
    Path absolute = target.toAbsolutePath();
    this.unfinished = absolute.resolveSibling(absolute.getFileName() + ".part");
    try {
      requireSpace(absolute, bytes(text, vocabulary));
      out = new BufferedOutputStream(Files.newOutputStream(unfinished), 1 << 16);
      out.write(header.encode());
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Bytes of the file for a text. */
  public static long bytes(TextWindows text, int vocabulary) {
    return BaseHeader.fileBytes(text, vocabulary);
  }

  private static void requireSpace(Path target, long bytes) throws IOException {
    Path folder = target.getParent();
    if (folder != null && Files.isDirectory(folder)) {
      long free = Files.getFileStore(folder).getUsableSpace();
      if (free < bytes) {
        throw new IOException(
            "it will have "
                + (bytes >> 20)
                + " MiB, and the disk has "
                + (free >> 20)
                + " MiB left; take fewer windows");
      }
    }
  }

  @Override
  public void scored(StepOutput output, int index, int token) {
    logProbabilities.compute(output, index);
    float highest = logProbabilities.get(logProbabilities.best());
    float lowest = highest;
    for (int i = 0; i < vocabulary; i++) {
      lowest = Math.min(lowest, logProbabilities.get(i));
    }
    float step = Math.min(LARGEST_RANGE, highest - lowest) / HIGHEST_LEVEL;
    row.clear().putFloat(highest).putFloat(step);
    for (int i = 0; i < vocabulary; i++) {
      float steps = step == 0 ? 0 : (highest - logProbabilities.get(i)) / step;
      row.putShort((short) Math.min(HIGHEST_LEVEL, Math.round(steps)));
    }
    checksum.update(row.array());
    write(row.array());
  }

  @Override
  public void windowDone(int window, int windows) {
    int value = (int) checksum.getValue();
    checksum.reset();
    write(
        ByteBuffer.allocate(BaseHeader.CHECKSUM_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(value)
            .array());
    complete = window + 1 == windows;
  }

  private void write(byte[] bytes) {
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private UncheckedIOException unwritable(IOException e) {
    return new UncheckedIOException(target + ": cannot be written: " + e.getMessage(), e);
  }

  /** Gives the file its name where it is complete, else removes it. */
  @Override
  public void close() {
    try {
      out.close();
      if (complete) {
        Files.move(unfinished, target, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.deleteIfExists(unfinished);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }
}
