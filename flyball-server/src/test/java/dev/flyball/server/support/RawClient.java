package dev.flyball.server.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;

/** A bare socket, for requests that no well-behaved client would send. */
public final class RawClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;

  private final Socket socket;

  public RawClient(int port) {
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(TIMEOUT_MILLIS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A POST request with a JSON body. */
  public static String post(String path, String body) {
    return "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(path, body.getBytes(StandardCharsets.UTF_8).length, body);
  }

  public RawClient send(String text) {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What comes until a text was seen, the text included. */
  public String readUntil(String text) {
    StringBuilder seen = new StringBuilder();
    while (seen.indexOf(text) < 0) {
      int next = read();
      if (next < 0) {
        throw new IllegalStateException("the connection ended after: " + seen);
      }
      seen.append((char) next);
    }
    return seen.toString();
  }

  /** What comes until the server closes the connection. */
  public String readToEnd() {
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    for (int next = read(); next >= 0; next = read()) {
      seen.write(next);
    }
    return seen.toString(StandardCharsets.UTF_8);
  }

  private int read() {
    try {
      InputStream in = socket.getInputStream();
      return in.read();
    } catch (SocketException e) {
      return -1; // reset: closed in a hurry
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Goes away without a word. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
