package dev.flyball.server.http;

import java.time.Duration;

/** Is told of every request that is over. Called on event loops: must be quick and thread-safe. */
@FunctionalInterface
public interface RequestObserver {
  /**
   * A request is over.
   *
   * @param route the route's path, or {@code unknown}
   * @param status the status sent; 499 where the client went away before there was one
   */
  void onRequestEnd(String route, String method, int status, Duration duration);
}
