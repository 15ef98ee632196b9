package dev.flyball.server.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds the route of a path. Immutable. */
public final class Router {
  private final Map<String, List<Route>> exact = new HashMap<>();
  private final List<Route> prefixes = new ArrayList<>();

  /**
   * A router.
   *
   * @param routes at most one for each path and method; one for each path with a parameter
   */
  public Router(List<Route> routes) {
    for (Route route : routes) {
      if (route.path().endsWith("*")) {
        prefixes.add(route);
      } else {
        add(exact.computeIfAbsent(route.path(), _ -> new ArrayList<>()), route);
      }
    }
  }

  private static void add(List<Route> ofPath, Route route) {
    if (ofPath.stream().anyMatch(other -> other.method().equals(route.method()))) {
      throw new IllegalArgumentException("two routes for " + route.path());
    }
    ofPath.add(route);
  }

  /** What a path leads to. */
  sealed interface Match {
    /** A route, and the rest of the path where the route has a parameter. */
    record Found(Route route, String parameter) implements Match {}

    /**
     * The path is served, but not with this method.
     *
     * @param route one of the path
     * @param allowed the methods of all of them
     */
    record WrongMethod(Route route, String allowed) implements Match {}

    /** Nothing is there. */
    record Unknown() implements Match {}
  }

  Match match(String method, String path) {
    List<Route> ofPath = exact.get(path);
    if (ofPath != null) {
      return found(ofPath, method, "");
    }
    for (Route prefixed : prefixes) {
      int length = prefixed.path().length() - 1;
      if (path.length() > length && path.startsWith(prefixed.path().substring(0, length))) {
        return found(List.of(prefixed), method, path.substring(length));
      }
    }
    return new Match.Unknown();
  }

  private static Match found(List<Route> ofPath, String method, String parameter) {
    for (Route route : ofPath) {
      if (route.answers(method)) {
        return new Match.Found(route, parameter);
      }
    }
    String methods = ofPath.stream().map(Route::methods).collect(Collectors.joining(", "));
    return new Match.WrongMethod(ofPath.getFirst(), methods + ", OPTIONS");
  }
}
