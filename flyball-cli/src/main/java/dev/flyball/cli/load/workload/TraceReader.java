package dev.flyball.cli.load.workload;

import dev.flyball.cli.console.CommandFailure;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Reads a trace from a file, plain or gzip, a line at a time: however long the file is, one request
 * is in memory. The format is known by the first line. Not thread-safe.
 */
final class TraceReader implements AutoCloseable {
  /** A context of ten million tokens has 20,000 blocks, of less than 20 characters each. */
  private static final int MAX_LINE_CHARS = 1 << 20;

  private static final int GZIP_MAGIC = 0x1f8b;

  private final Path file;
  private final Reader reader;
  private final TraceFormat format;
  private Optional<String> unread = Optional.empty();
  private long lineNumber;
  private long lastTimeNanos = Long.MIN_VALUE;

  private TraceReader(Path file, Reader reader) throws IOException {
    this.file = file;
    this.reader = reader;
    String first = readLine().orElseThrow(() -> failure("the trace is empty"));
    this.format =
        TraceFormat.ofFirstLine(first)
            .orElseThrow(
                () ->
                    failure(
                        "neither Azure's CSV (TIMESTAMP,ContextTokens,GeneratedTokens) nor"
                            + " Mooncake's JSON lines"));
    if (format.firstLineIsRecord()) {
      unread = Optional.of(first);
    }
  }

  /**
   * Opens a trace.
   *
   * @throws CommandFailure where it cannot be read
   */
  static TraceReader open(Path file) {
    try {
      InputStream bytes = Files.newInputStream(file);
      try {
        return new TraceReader(file, decoded(bytes));
      } catch (IOException | RuntimeException failure) {
        bytes.close();
        throw failure;
      }
    } catch (IOException failure) {
      throw new CommandFailure("the trace " + file + " cannot be read: " + failure, failure);
    }
  }

  private static Reader decoded(InputStream bytes) throws IOException {
    InputStream buffered = new BufferedInputStream(bytes);
    buffered.mark(2);
    int magic = buffered.read() << 8 | buffered.read();
    buffered.reset();
    InputStream content = magic == GZIP_MAGIC ? new GZIPInputStream(buffered) : buffered;
    return new BufferedReader(new InputStreamReader(content, StandardCharsets.UTF_8));
  }

  TraceFormat format() {
    return format;
  }

  /**
   * The next request; nothing at the end.
   *
   * @throws CommandFailure where a line is damaged, with its number
   */
  Optional<TraceRecord> next() {
    try {
      Optional<String> line = unread.isPresent() ? unread : readLine();
      unread = Optional.empty();
      return line.map(this::parse);
    } catch (IOException failure) {
      throw new CommandFailure(
          "the trace " + file + " breaks off after line " + lineNumber + ": " + failure, failure);
    }
  }

  private TraceRecord parse(String line) {
    try {
      TraceRecord next = format.parse(line);
      if (next.timeNanos() < lastTimeNanos) {
        throw failure("its time is before that of the line above");
      }
      lastTimeNanos = next.timeNanos();
      return next;
    } catch (IllegalArgumentException damaged) {
      throw failure(String.valueOf(damaged.getMessage()));
    }
  }

  /** The next line that is not blank, without its end. */
  private Optional<String> readLine() throws IOException {
    StringBuilder line = new StringBuilder();
    lineNumber++;
    for (int c = reader.read(); c >= 0; c = reader.read()) {
      if (c != '\n') {
        if (line.length() == MAX_LINE_CHARS) {
          throw failure("longer than " + MAX_LINE_CHARS + " characters");
        }
        line.append((char) c);
      } else if (line.toString().isBlank()) {
        line.setLength(0);
        lineNumber++;
      } else {
        break;
      }
    }
    return line.toString().isBlank() ? Optional.empty() : Optional.of(line.toString().strip());
  }

  private CommandFailure failure(String what) {
    return new CommandFailure("the trace " + file + ", line " + lineNumber + ": " + what);
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException failure) {
      throw new CommandFailure("the trace " + file + " cannot be closed: " + failure, failure);
    }
  }
}
