package dev.flyball.cli.pull;

import dev.flyball.cli.console.CommandFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * HTTP GET with redirects, as the hub needs it: the access token goes to the hub and not to the
 * storage servers it redirects to, and never from https to http. Built on {@link HttpURLConnection}
 * because that, unlike the JDK's newer client, can limit the silence within a body.
 */
final class HubConnection {
  private static final int MAX_REDIRECTS = 8;

  private final URI endpoint;
  private final Optional<String> token;
  private final Duration timeout;

  HubConnection(URI endpoint, Optional<String> token, Duration timeout) {
    this.endpoint = endpoint;
    this.token = token;
    this.timeout = timeout;
  }

  /**
   * An answer whose body has not been read.
   *
   * @param status 200 or 206
   */
  record Response(HttpURLConnection connection, int status) implements AutoCloseable {
    InputStream body() throws IOException {
      return connection.getInputStream();
    }

    Optional<String> header(String name) {
      return Optional.ofNullable(connection.getHeaderField(name));
    }

    OptionalLong contentLength() {
      long length = connection.getContentLengthLong();
      return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
    }

    @Override
    public void close() {
      connection.disconnect();
    }
  }

  /**
   * Sends a request and follows redirects to its answer.
   *
   * @param pathAndQuery below the endpoint, encoded
   * @throws TransientFailure where it is worth another attempt
   * @throws IOException where the connection fails, which is worth another attempt, too
   * @throws CommandFailure where it is not
   */
  Response get(String pathAndQuery, Map<String, String> headers) throws IOException {
    URI uri = URI.create(endpoint.toString().replaceAll("/+$", "") + pathAndQuery);
    for (int redirect = 0; redirect <= MAX_REDIRECTS; redirect++) {
      HttpURLConnection connection = open(uri, headers);
      int status = connection.getResponseCode();
      if (status == 200 || status == 206) {
        return new Response(connection, status);
      }
      URI next = isRedirect(status) ? redirectTarget(uri, connection) : uri;
      connection.disconnect();
      if (!isRedirect(status)) {
        throw HubRefusal.of(status, uri, connection, token.isPresent());
      }
      uri = next;
    }
    throw new CommandFailure(
        "the server at " + endpoint + " redirects more than " + MAX_REDIRECTS + " times");
  }

  private HttpURLConnection open(URI uri, Map<String, String> headers) throws IOException {
    if (!(uri.toURL().openConnection() instanceof HttpURLConnection connection)) {
      throw new CommandFailure(uri + " is no http or https address");
    }
    connection.setInstanceFollowRedirects(false);
    connection.setConnectTimeout((int) timeout.toMillis());
    connection.setReadTimeout((int) timeout.toMillis());
    connection.setRequestProperty("User-Agent", "flyball");
    // A compressed body would break ranges and lengths.
    connection.setRequestProperty("Accept-Encoding", "identity");
    headers.forEach(connection::setRequestProperty);
    if (token.isPresent() && sameOrigin(uri, endpoint)) {
      connection.setRequestProperty("Authorization", "Bearer " + token.get());
    }
    return connection;
  }

  private static URI redirectTarget(URI from, HttpURLConnection connection) {
    String location = connection.getHeaderField("Location");
    URI target;
    try {
      target = from.resolve(location == null ? "" : location);
    } catch (IllegalArgumentException malformed) {
      throw new CommandFailure(from + " redirects to a malformed address: " + location, malformed);
    }
    boolean downgrade = "https".equals(from.getScheme()) && !"https".equals(target.getScheme());
    if (location == null || downgrade) {
      throw new CommandFailure(from + " redirects to no safe address: " + location);
    }
    return target;
  }

  private static boolean isRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
  }

  private static boolean sameOrigin(URI a, URI b) {
    return a.getScheme().equals(b.getScheme())
        && a.getHost().equalsIgnoreCase(b.getHost())
        && a.getPort() == b.getPort();
  }
}
