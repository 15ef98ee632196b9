package dev.flyball.server.http;

/** What is behind a route. */
@FunctionalInterface
public interface Endpoint {
  /**
   * Answers a request, now or later. Called on the exchange's event loop, with the whole body read;
   * must not block. An exception becomes an error response.
   */
  void handle(Exchange exchange);
}
