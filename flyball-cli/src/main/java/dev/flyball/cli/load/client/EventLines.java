package dev.flyball.cli.load.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The events of a stream of server-sent events (WHATWG HTML, section 9.2), of which only the data
 * is kept. Lines end with LF or CR LF. Not thread-safe.
 */
final class EventLines {
  private static final int MAX_EVENT_BYTES = 1 << 20;
  private static final String DATA = "data:";

  private final InputStream bytes;
  private final byte[] buffer = new byte[8192];
  private int position;
  private int filled;

  EventLines(InputStream bytes) {
    this.bytes = bytes;
  }

  /**
   * The data of the next event; nothing at the stream's end. What stands there without the empty
   * line that ends an event is no event.
   *
   * @throws IOException where the connection breaks or an event is longer than 1 MiB
   */
  Optional<String> nextData() throws IOException {
    StringBuilder data = new StringBuilder();
    boolean any = false;
    for (Optional<String> line = readLine(); line.isPresent(); line = readLine()) {
      if (line.get().isEmpty()) {
        if (any) {
          return Optional.of(data.toString());
        }
      } else if (line.get().startsWith(DATA)) {
        if (any) {
          data.append('\n');
        }
        any = true;
        append(data, line.get());
      }
    }
    return Optional.empty();
  }

  private static void append(StringBuilder data, String line) throws IOException {
    int start = line.startsWith(" ", DATA.length()) ? DATA.length() + 1 : DATA.length();
    if (data.length() + line.length() - start > MAX_EVENT_BYTES) {
      throw tooLong();
    }
    data.append(line, start, line.length());
  }

  private Optional<String> readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    while (position < filled || fill()) {
      int end = position;
      while (end < filled && buffer[end] != '\n') {
        end++;
      }
      line.write(buffer, position, end - position);
      boolean ended = end < filled;
      position = ended ? end + 1 : end;
      if (ended) {
        String text = line.toString(StandardCharsets.UTF_8);
        return Optional.of(text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
      }
      if (line.size() > MAX_EVENT_BYTES) {
        throw tooLong();
      }
    }
    return Optional.empty();
  }

  private boolean fill() throws IOException {
    position = 0;
    filled = Math.max(bytes.read(buffer), 0);
    return filled > 0;
  }

  private static IOException tooLong() {
    return new IOException("an event of the stream is longer than " + MAX_EVENT_BYTES + " bytes");
  }
}
