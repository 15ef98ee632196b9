package dev.flyball.server.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A response of server-sent events (WHATWG HTML, section 9.2), each with one line of data. Confined
 * to the exchange's event loop. What a slow reader has not taken is kept up to a limit; beyond it
 * the work is stopped and the connection cut.
 */
public final class EventStream {
  private static final System.Logger LOG = System.getLogger(EventStream.class.getName());
  private static final byte[] PREFIX = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] SUFFIX = "\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] KEEP_ALIVE = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

  private final Exchange exchange;
  private final HttpServerResponse response;
  private final int maxUnsentBytes;
  private int unsentBytes;
  private long lastSentNanos = System.nanoTime();

  EventStream(Exchange exchange, HttpServerResponse response, int maxUnsentBytes) {
    this.exchange = exchange;
    this.response = response;
    this.maxUnsentBytes = maxUnsentBytes;
    response
        .setStatusCode(200)
        .setChunked(true)
        .putHeader("content-type", "text/event-stream; charset=utf-8")
        .putHeader("cache-control", "no-cache")
        .putHeader("x-accel-buffering", "no");
  }

  /**
   * Sends an event.
   *
   * @param data without line breaks
   */
  public void send(byte[] data) {
    if (exchange.isOver()) {
      return;
    }
    Buffer event = event(data);
    if (unsentBytes + event.length() > maxUnsentBytes) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0}: the client reads too slowly, {1} bytes wait for it; its generation is cancelled",
          exchange.requestId(),
          Integer.toString(unsentBytes + event.length()));
      exchange.cut();
      return;
    }
    write(event);
  }

  /** Sends a comment, which clients pass over, where nothing was sent for so long. */
  void keepAlive(Duration interval) {
    boolean silent = System.nanoTime() - lastSentNanos >= interval.toNanos();
    if (silent && unsentBytes == 0 && interval.isPositive() && !exchange.isOver()) {
      write(Buffer.buffer(KEEP_ALIVE));
    }
  }

  /** Sends {@code [DONE]} and ends the response. */
  public void end() {
    endWith(DONE);
  }

  /** Sends an error as the last event. */
  void fail(byte[] errorDocument) {
    endWith(errorDocument);
  }

  private void endWith(byte[] data) {
    if (!exchange.isOver()) {
      exchange.streamEnded(response.end(event(data)));
    }
  }

  private void write(Buffer event) {
    int bytes = event.length();
    unsentBytes += bytes;
    lastSentNanos = System.nanoTime();
    response.write(event).onComplete(sent -> unsentBytes -= bytes);
  }

  private static Buffer event(byte[] data) {
    return Buffer.buffer(PREFIX.length + data.length + SUFFIX.length)
        .appendBytes(PREFIX)
        .appendBytes(data)
        .appendBytes(SUFFIX);
  }
}
