package dev.flyball.server.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the route of a path. Immutable. */
public final class Router {
  private final Map<String, Route> exact = new HashMap<>();
  private final List<Route> prefixes = new ArrayList<>();

  /**
   * A router.
   *
   * @param routes at most one for each path
   */
  public Router(List<Route> routes) {
    for (Route route : routes) {
      if (route.path().endsWith("*")) {
        prefixes.add(route);
      } else if (exact.put(route.path(), route) != null) {
        throw new IllegalArgumentException("two routes for " + route.path());
      }
    }
  }

  /** What a path leads to. */
  sealed interface Match {
    /** A route, and the rest of the path where the route has a parameter. */
    record Found(Route route, String parameter) implements Match {}

    /** The path is served, but not with this method. */
    record WrongMethod(Route route) implements Match {}

    /** Nothing is there. */
    record Unknown() implements Match {}
  }

  Match match(String method, String path) {
    Route route = exact.get(path);
    if (route != null) {
      return found(route, method, "");
    }
    for (Route prefixed : prefixes) {
      int length = prefixed.path().length() - 1;
      if (path.length() > length && path.startsWith(prefixed.path().substring(0, length))) {
        return found(prefixed, method, path.substring(length));
      }
    }
    return new Match.Unknown();
  }

  private static Match found(Route route, String method, String parameter) {
    return route.answers(method) ? new Match.Found(route, parameter) : new Match.WrongMethod(route);
  }
}
