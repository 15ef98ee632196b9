package dev.flyball.server.http;

/**
 * A path that is served.
 *
 * @param method {@code GET} (which also answers {@code HEAD}) or {@code POST}
 * @param path the path; with {@code *} at its end, every path that begins so, the rest being the
 *     parameter
 * @param open whether it is answered without an API key and while the server is stopping
 * @param idPrefix what the ids of its answers begin with
 * @param endpoint what answers
 */
public record Route(String method, String path, boolean open, String idPrefix, Endpoint endpoint) {
  private static final String USUAL_PREFIX = "req_";

  /** A route that reads. */
  public static Route get(String path, Endpoint endpoint) {
    return new Route("GET", path, false, USUAL_PREFIX, endpoint);
  }

  /** A route that takes a body. */
  public static Route post(String path, Endpoint endpoint) {
    return new Route("POST", path, false, USUAL_PREFIX, endpoint);
  }

  /** A route that reads and that everyone may use at any time. */
  public static Route openGet(String path, Endpoint endpoint) {
    return new Route("GET", path, true, USUAL_PREFIX, endpoint);
  }

  /** The same route, its answers called otherwise. */
  public Route withIdPrefix(String prefix) {
    return new Route(method, path, open, prefix, endpoint);
  }

  boolean answers(String requestMethod) {
    return method.equals(requestMethod) || (isGet() && requestMethod.equals("HEAD"));
  }

  String allowed() {
    return isGet() ? "GET, HEAD, OPTIONS" : method + ", OPTIONS";
  }

  private boolean isGet() {
    return method.equals("GET");
  }
}
