package dev.flyball.server.http;

import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may call. With API keys: whoever has one. Without: only this machine, where web pages must be
 * kept out too, those that call by a name of their own that leads here (DNS rebinding) and those
 * that call across origins.
 */
public final class AccessPolicy {
  private static final String ANY = "*";

  private final ApiKeys keys;
  private final Set<String> origins;

  /**
   * A policy.
   *
   * @param keys the API keys
   * @param corsOrigins origins of web pages that may call; {@code *}: all
   */
  public AccessPolicy(ApiKeys keys, List<String> corsOrigins) {
    this.keys = keys;
    this.origins = Set.copyOf(corsOrigins);
  }

  /** Whether a web page of this origin may call and read the answer. */
  boolean allowsOrigin(String origin) {
    return origins.contains(ANY) || origins.contains(origin);
  }

  /**
   * Lets a request in.
   *
   * @param access who may use the route
   * @return the name of the key that came with it; nothing where none was looked for
   * @throws ServerException INVALID_API_KEY, FORBIDDEN_HOST, FORBIDDEN_ORIGIN, ADMIN_KEY_NEEDED,
   *     MALFORMED_REQUEST
   */
  Optional<String> check(HttpServerRequest request, Route.Access access) {
    List<String> hosts = request.headers().getAll("host");
    if (hosts.size() > 1) {
      throw new ServerException(
          ServerError.MALFORMED_REQUEST, "there are several Host headers; one is right");
    }
    String host = hosts.isEmpty() ? null : hosts.getFirst();
    if (host == null && request.version() != HttpVersion.HTTP_1_0) {
      throw new ServerException(ServerError.MALFORMED_REQUEST, "the Host header is missing");
    }
    if (!keys.haveCallers()) {
      checkHost(host == null ? "localhost" : host);
      checkOrigin(request.getHeader("origin"));
    }
    boolean needsKey =
        switch (access) {
          case OPEN -> false;
          case CALLERS -> keys.haveCallers();
          case ADMINS -> keys.haveCallers() || keys.haveAdmin();
        };
    return needsKey
        ? Optional.of(nameOfKey(request.getHeader("authorization"), access))
        : Optional.empty();
  }

  private static void checkHost(String host) {
    if (!LoopbackNames.isLoopbackHost(host)) {
      throw new ServerException(
          ServerError.FORBIDDEN_HOST,
          "without an API key the server answers only to localhost; set FLYBALL_API_KEYS to use"
              + " another host name");
    }
  }

  private void checkOrigin(@Nullable String origin) {
    if (origin == null || allowsOrigin(origin)) {
      return;
    }
    int scheme = origin.indexOf("://");
    if (scheme < 0 || !LoopbackNames.isLoopbackHost(origin.substring(scheme + 3))) {
      throw new ServerException(
          ServerError.FORBIDDEN_ORIGIN,
          "web pages of other origins may not call; FLYBALL_CORS_ORIGINS lists those that may");
    }
  }

  private String nameOfKey(@Nullable String authorization, Route.Access access) {
    if (authorization == null) {
      throw new ServerException(
          ServerError.INVALID_API_KEY,
          "an API key is needed: send the header 'Authorization: Bearer KEY'");
    }
    String name =
        keys.nameOf(authorization)
            .orElseThrow(
                () -> new ServerException(ServerError.INVALID_API_KEY, "the API key is not valid"));
    if (access == Route.Access.ADMINS && keys.haveAdmin() && !name.equals(ApiKeys.ADMIN)) {
      throw new ServerException(
          ServerError.ADMIN_KEY_NEEDED,
          "this path needs the admin key: send that of FLYBALL_ADMIN_KEY as 'Authorization: Bearer"
              + " KEY'");
    }
    return name;
  }
}
