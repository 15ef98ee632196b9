package dev.flyball.engine.evaluate;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Reads what {@link BaseWriter} wrote, row by row. Not thread-safe. */
final class BaseReader implements AutoCloseable {
  private final Path file;
  private final InputStream in;
  private final ByteBuffer row;
  private final CRC32C checksum = new CRC32C();
  private final double[] logProbabilities;
  private int best;

  /**
   * Opens a file that was made for the same text, windows and vocabulary.
   *
   * @throws EngineException FILE_UNREADABLE; FILE_CORRUPT where it is another kind of file, or cut
   *     off; INVALID_INPUT where it was made for something else
   */
  BaseReader(Path file, TextWindows text, int vocabulary) {
    this.file = file;
    this.logProbabilities = new double[vocabulary];
    InputStream opened = open(file);
    try {
      BaseHeader header = BaseHeader.decode(file, opened.readNBytes(BaseHeader.BYTES));
      requireSame(header, BaseHeader.of(text, vocabulary));
      long expected = BaseHeader.fileBytes(text, vocabulary);
      long found = Files.size(file);
      if (found != expected) {
        throw BaseHeader.corrupt(
            file, "it has " + found + " bytes and should have " + expected + "; it is cut off");
      }
      row = ByteBuffer.allocate(header.rowBytes()).order(ByteOrder.LITTLE_ENDIAN);
      in = opened;
    } catch (IOException e) {
      closeQuietly(opened);
      throw unreadable(file, e);
    } catch (RuntimeException e) {
      closeQuietly(opened);
      throw e;
    }
  }

  private static InputStream open(Path file) {
    try {
      return new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static void closeQuietly(InputStream in) {
    try {
      in.close();
    } catch (IOException e) {
      throw new IllegalStateException("a file that was only read cannot be closed", e);
    }
  }

  private void requireSame(BaseHeader found, BaseHeader expected) {
    requireSame("a vocabulary of", found.vocabulary(), expected.vocabulary(), "tokens");
    requireSame("windows of", found.windowTokens(), expected.windowTokens(), "tokens");
    requireSame("", found.windows(), expected.windows(), "windows");
    if (found.tokensChecksum() != expected.tokensChecksum()) {
      throw other("another text, or another tokenizer");
    }
  }

  private void requireSame(String what, int found, int expected, String unit) {
    if (found != expected) {
      throw other((what + " " + found + " " + unit + ", not " + expected).strip());
    }
  }

  private EngineException other(String what) {
    return new EngineException(
        EngineError.INVALID_INPUT, file + ": these base predictions are for " + what);
  }

  /**
   * Reads the next row, whose probabilities then add up to 1.
   *
   * @throws EngineException FILE_UNREADABLE
   */
  void nextRow() {
    readFully(row.array());
    checksum.update(row.array());
    row.clear();
    double highest = row.getFloat();
    double step = row.getFloat();
    double total = 0;
    int lowestLevel = Integer.MAX_VALUE;
    for (int i = 0; i < logProbabilities.length; i++) {
      int level = Short.toUnsignedInt(row.getShort());
      if (level < lowestLevel) {
        lowestLevel = level;
        best = i;
      }
      logProbabilities[i] = highest - step * level;
      total += Math.exp(logProbabilities[i]);
    }
    double logTotal = Math.log(total);
    for (int i = 0; i < logProbabilities.length; i++) {
      logProbabilities[i] -= logTotal;
    }
  }

  /**
   * Checks the window whose rows were read.
   *
   * @throws EngineException FILE_CORRUPT where they are not as they were written
   */
  void endWindow(int window) {
    byte[] stored = new byte[BaseHeader.CHECKSUM_BYTES];
    readFully(stored);
    int expected = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (expected != (int) checksum.getValue()) {
      throw BaseHeader.corrupt(file, "window " + window + " is damaged; make the file anew");
    }
    checksum.reset();
  }

  private void readFully(byte[] bytes) {
    try {
      if (in.readNBytes(bytes, 0, bytes.length) < bytes.length) {
        throw BaseHeader.corrupt(file, "it ends too early");
      }
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static EngineException unreadable(Path file, IOException e) {
    return new EngineException(
        EngineError.FILE_UNREADABLE, file + ": cannot be read: " + e.getMessage(), e);
  }

  double logProbability(int token) {
    return logProbabilities[token];
  }

  /** Whether no token is more probable, as far as the file tells them apart. */
  boolean isBest(int token) {
    return logProbabilities[token] == logProbabilities[best];
  }

  @Override
  public void close() {
    closeQuietly(in);
  }
}
