package dev.flyball.server.http;

/**
 * A path that is served.
 *
 * @param method {@code GET} (which also answers {@code HEAD}) or {@code POST}
 * @param path the path; with {@code *} at its end, every path that begins so, the rest being the
 *     parameter
 * @param access who may use it
 * @param idPrefix what the ids of its answers begin with
 * @param endpoint what answers
 */
public record Route(String method, String path, Access access, String idPrefix, Endpoint endpoint) {
  /** Who may use a route. */
  public enum Access {
    /** Everyone, also while the server is stopping. */
    OPEN,
    /** Who has any key. */
    CALLERS,
    /** Who has the admin key; where there is none, who has any key. */
    ADMINS
  }

  private static final String USUAL_PREFIX = "req_";

  /** A route that reads. */
  public static Route get(String path, Endpoint endpoint) {
    return new Route("GET", path, Access.CALLERS, USUAL_PREFIX, endpoint);
  }

  /** A route that takes a body. */
  public static Route post(String path, Endpoint endpoint) {
    return new Route("POST", path, Access.CALLERS, USUAL_PREFIX, endpoint);
  }

  /** A route that reads and that everyone may use at any time. */
  public static Route openGet(String path, Endpoint endpoint) {
    return new Route("GET", path, Access.OPEN, USUAL_PREFIX, endpoint);
  }

  /** The same route, its answers called otherwise. */
  public Route withIdPrefix(String prefix) {
    return new Route(method, path, access, prefix, endpoint);
  }

  /** The same route, for administrators. */
  public Route forAdmins() {
    return new Route(method, path, Access.ADMINS, idPrefix, endpoint);
  }

  boolean answers(String requestMethod) {
    return method.equals(requestMethod) || (isGet() && requestMethod.equals("HEAD"));
  }

  String methods() {
    return isGet() ? "GET, HEAD" : method;
  }

  private boolean isGet() {
    return method.equals("GET");
  }
}
