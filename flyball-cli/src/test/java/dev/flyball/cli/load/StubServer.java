package dev.flyball.cli.load;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/**
 * A server that answers as a test wants it: by the text of the prompt it can tell calibration from
 * load, which is streamed. A word is a token.
 */
public final class StubServer implements AutoCloseable {
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger streams = new AtomicInteger();
  private final Behaviour behaviour;
  private volatile Runnable beforeProbe = () -> {};

  /** What happens to the {@code number}-th streamed request, counted from 0. */
  public interface Behaviour {
    void answer(int number, HttpExchange exchange, String body) throws IOException;
  }

  private StubServer(Behaviour behaviour) {
    this.behaviour = behaviour;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/v1/chat/completions", this::generate);
    server.start();
  }

  public static StubServer start(Behaviour behaviour) {
    return new StubServer(behaviour);
  }

  /** Has a page of metrics from now on; {@code page} gets how often it was read before. */
  public void answerMetrics(IntFunction<String> page) {
    AtomicInteger reads = new AtomicInteger();
    server.createContext(
        "/metrics",
        exchange -> {
          try (exchange) {
            send(exchange, 200, page.apply(reads.getAndIncrement()));
          }
        });
  }

  /** Does something before every answer that is not streamed, from now on. */
  public void beforeProbe(Runnable action) {
    beforeProbe = action;
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Streamed requests so far. */
  public int streams() {
    return streams.get();
  }

  private void generate(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      if (body.contains("\"stream\":true")) {
        behaviour.answer(streams.getAndIncrement(), exchange, body);
      } else {
        beforeProbe.run();
        send(exchange, 200, "{\"usage\":" + usage(body, 1) + "}");
      }
    }
  }

  /** Answers at once, whole. */
  public static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** Streams so many tokens with pauses between them, and ends as a whole answer does. */
  public static void stream(
      HttpExchange exchange, String body, int tokens, Duration wait, Duration pace)
      throws IOException {
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    LockSupport.parkNanos(wait.toNanos());
    for (int token = 0; token < tokens; token++) {
      if (token > 0) {
        LockSupport.parkNanos(pace.toNanos());
      }
      event(out, "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"word \"}}]}");
    }
    event(out, "{\"choices\":[],\"usage\":" + usage(body, tokens) + "}");
    event(out, "[DONE]");
  }

  /** Sends an event of a stream. */
  public static void event(OutputStream out, String data) throws IOException {
    out.write(("data: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static String usage(String body, int output) {
    int start = body.indexOf("\"content\":\"") + 11;
    long words =
        body.substring(start, body.indexOf('"', start)).chars().filter(c -> c == ' ').count() + 1;
    return "{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"prompt_tokens_details\":{\"cached_tokens\":2}}"
        .formatted(words, output);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
