package dev.flyball.server.http;

import java.time.Duration;

/**
 * What a client may ask of the transport.
 *
 * @param maxBodyBytes longest request body; more is a 413
 * @param maxHeaderBytes all request headers together; more is a 431
 * @param maxUriBytes the request line; more is a 414
 * @param maxConnections open sockets; one more is closed at once
 * @param maxRequests requests with a body that are in work at one time; one more is a 429
 * @param idleTimeout how long a connection may stay open without a complete request head
 * @param bodyTimeout how long a body may take to arrive; longer is a 408
 * @param writeTimeout how long a finished response may take to reach the client
 * @param streamKeepAlive after how long without an event a stream gets a comment, so that nothing
 *     on the way takes it for dead; zero: never
 * @param maxUnsentBytes bytes of a stream that wait for a slow reader; more end the stream
 */
public record HttpLimits(
    int maxBodyBytes,
    int maxHeaderBytes,
    int maxUriBytes,
    int maxConnections,
    int maxRequests,
    Duration idleTimeout,
    Duration bodyTimeout,
    Duration writeTimeout,
    Duration streamKeepAlive,
    int maxUnsentBytes) {

  public static final HttpLimits DEFAULT =
      new HttpLimits(
          8 << 20,
          16 << 10,
          4 << 10,
          2048,
          256,
          Duration.ofSeconds(60),
          Duration.ofSeconds(30),
          Duration.ofSeconds(60),
          Duration.ofSeconds(15),
          1 << 20);

  public HttpLimits {
    require(maxBodyBytes >= 1024 && maxBodyBytes <= 1 << 30, "a body limit is 1 KiB to 1 GiB");
    require(
        maxHeaderBytes >= 1024 && maxHeaderBytes <= 1 << 20, "a header limit is 1 KiB to 1 MiB");
    require(maxUriBytes >= 256 && maxUriBytes <= 1 << 20, "a URI limit is 256 B to 1 MiB");
    require(maxConnections >= 1, "at least 1 connection must be allowed");
    require(maxRequests >= 1, "at least 1 request must be allowed");
    require(idleTimeout.isPositive(), "the idle timeout must be positive");
    require(bodyTimeout.isPositive(), "the body timeout must be positive");
    require(writeTimeout.isPositive(), "the write timeout must be positive");
    require(!streamKeepAlive.isNegative(), "the keep-alive of streams must not be negative");
    require(maxUnsentBytes >= 1024, "at least 1 KiB of a stream must be allowed to wait");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
