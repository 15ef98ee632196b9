package dev.flyball.cli.pull;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * A server that speaks as much of the hub's API as a pull needs: the list of a repository's files,
 * and their bytes behind a redirect to a storage server. It misbehaves as told.
 */
public final class LocalHub implements AutoCloseable {
  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  private final HttpServer hub = server();
  private final HttpServer storage = server();
  private final Map<String, byte[]> files = new ConcurrentSkipListMap<>();
  private final Map<String, byte[]> stored = new ConcurrentSkipListMap<>();
  private final Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();
  private final Queue<Integer> breaks = new ConcurrentLinkedQueue<>();
  private final List<String> hubTokens = new CopyOnWriteArrayList<>();
  private final List<String> storageTokens = new CopyOnWriteArrayList<>();
  private final List<String> ranges = new CopyOnWriteArrayList<>();
  private volatile boolean honoursRanges = true;

  private record Refusal(int status, Map<String, String> headers) {}

  public LocalHub() {
    hub.createContext("/", exchange -> answer(exchange, this::hubAnswer));
    storage.createContext("/", exchange -> answer(exchange, this::storageAnswer));
    hub.start();
    storage.start();
  }

  public URI endpoint() {
    return address(hub);
  }

  /** Puts a file into the repository {@code owner/repo}. */
  public void put(String path, byte[] content) {
    files.put(path, content);
    stored.put(path, content);
  }

  /** Lets the storage hand out other bytes than the repository lists. */
  void corrupt(String path, byte[] content) {
    stored.put(path, content);
  }

  /** The next requests to the hub are refused, one for each call. */
  void refuseOnce(int status, Map<String, String> headers) {
    refusals.add(new Refusal(status, headers));
  }

  /** A next transfer breaks off after so many bytes. */
  void breakAfter(int bytes) {
    breaks.add(bytes);
  }

  void ignoreRanges() {
    honoursRanges = false;
  }

  /** The Authorization headers that the hub saw. */
  List<String> hubTokens() {
    return hubTokens;
  }

  List<String> storageTokens() {
    return storageTokens;
  }

  /** The Range headers that the storage saw; an empty one where there was none. */
  List<String> ranges() {
    return ranges;
  }

  @Override
  public void close() {
    hub.stop(0);
    storage.stop(0);
  }

  private void hubAnswer(HttpExchange exchange) throws IOException {
    hubTokens.add(header(exchange, "Authorization"));
    Refusal refusal = refusals.poll();
    if (refusal != null) {
      refusal.headers().forEach(exchange.getResponseHeaders()::set);
      exchange.sendResponseHeaders(refusal.status(), -1);
      return;
    }
    String path = exchange.getRequestURI().getPath();
    String resolve = "/owner/repo/resolve/" + COMMIT + "/";
    if (path.equals("/api/models/owner/repo")) {
      byte[] listing = listing().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, listing.length);
      exchange.getResponseBody().write(listing);
    } else if (path.startsWith(resolve) && files.containsKey(path.substring(resolve.length()))) {
      exchange
          .getResponseHeaders()
          .set("Location", address(storage) + "/" + path.substring(resolve.length()) + "?sig=x");
      exchange.sendResponseHeaders(302, -1);
    } else {
      exchange.sendResponseHeaders(404, -1);
    }
  }

  private void storageAnswer(HttpExchange exchange) throws IOException {
    storageTokens.add(header(exchange, "Authorization"));
    String range = header(exchange, "Range");
    ranges.add(range);
    byte[] content =
        Objects.requireNonNull(stored.get(exchange.getRequestURI().getPath().substring(1)));
    int from =
        honoursRanges && !range.isEmpty()
            ? Integer.parseInt(range.substring("bytes=".length(), range.length() - 1))
            : 0;
    if (from > 0) {
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
    }
    exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
    Integer breakAfter = breaks.poll();
    int until = breakAfter == null ? content.length : Math.min(content.length, from + breakAfter);
    OutputStream body = exchange.getResponseBody();
    body.write(content, from, until - from);
    body.flush();
    if (until < content.length) {
      throw new IOException("breaks off as told");
    }
  }

  private String listing() {
    return files.entrySet().stream()
        .map(
            file ->
                "{\"rfilename\":\"%s\",\"size\":%d,\"blobId\":\"%s\",%s}"
                    .formatted(
                        file.getKey(),
                        file.getValue().length,
                        "a".repeat(40),
                        "\"lfs\":{\"sha256\":\"%s\",\"size\":%d}"
                            .formatted(sha256(file.getValue()), file.getValue().length)))
        .collect(Collectors.joining(",", "{\"sha\":\"" + COMMIT + "\",\"siblings\":[", "]}"));
  }

  @FunctionalInterface
  private interface Handler {
    void handle(HttpExchange exchange) throws IOException;
  }

  private static void answer(HttpExchange exchange, Handler handler) throws IOException {
    try (exchange) {
      handler.handle(exchange);
    }
  }

  private static String header(HttpExchange exchange, String name) {
    String value = exchange.getRequestHeaders().getFirst(name);
    return value == null ? "" : value;
  }

  private static HttpServer server() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static URI address(HttpServer server) {
    return URI.create("http://localhost:" + server.getAddress().getPort());
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(content, content.length)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
