package dev.flyball.server;

import dev.flyball.engine.weights.WeightsCache;
import dev.flyball.server.generate.RequestLimits;
import dev.flyball.server.http.HttpLimits;
import dev.flyball.server.models.ModelCatalog;
import dev.flyball.server.models.ModelSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the server is run.
 *
 * @param host address to listen on; any other than a loopback address needs an API key
 * @param port port to listen on; 0: any that is free
 * @param apiKeys any one of these must come with a request; none: no key is needed
 * @param adminKey must come with requests to {@code /admin}, and opens all else too; nothing: the
 *     API keys open these as well
 * @param corsOrigins web pages from these origins may call; {@code *}: all
 * @param accessLog write a line for every request
 * @param shutdownLimit how long running requests may take to end when the server stops
 * @param http limits of the transport
 * @param requests limits of a single request
 * @param models which models there are and how they are run
 * @param service how requests are served that do not say
 */
public record ServerConfig(
    String host,
    int port,
    List<String> apiKeys,
    Optional<String> adminKey,
    List<String> corsOrigins,
    boolean accessLog,
    Duration shutdownLimit,
    HttpLimits http,
    RequestLimits requests,
    ModelSettings models,
    ServiceSettings service) {

  public static final String DEFAULT_HOST = "127.0.0.1";
  public static final int DEFAULT_PORT = 8080;
  public static final int MAX_PORT = 65_535;
  public static final Duration DEFAULT_SHUTDOWN_LIMIT = Duration.ofSeconds(30);

  public ServerConfig {
    apiKeys = List.copyOf(apiKeys);
    corsOrigins = List.copyOf(corsOrigins);
    require(!host.isBlank(), "the host must not be empty");
    require(port >= 0 && port <= MAX_PORT, "the port must be 0 to 65535");
    require(apiKeys.stream().noneMatch(String::isBlank), "an API key must not be empty");
    require(adminKey.stream().noneMatch(String::isBlank), "the admin key must not be empty");
    require(
        apiKeys.stream().noneMatch(key -> adminKey.filter(key::equals).isPresent()),
        "the admin key must not be one of the API keys");
    require(!shutdownLimit.isNegative(), "the shutdown limit must not be negative");
  }

  /** The defaults: this machine only, models of the usual folder. */
  public static ServerConfig defaults() {
    return new ServerConfig(
        DEFAULT_HOST,
        DEFAULT_PORT,
        List.of(),
        Optional.empty(),
        List.of(),
        false,
        DEFAULT_SHUTDOWN_LIMIT,
        HttpLimits.DEFAULT,
        RequestLimits.DEFAULT,
        ModelSettings.ofFolder(ModelCatalog.defaultFolder(Map.of())),
        ServiceSettings.DEFAULT);
  }

  /**
   * The defaults, changed by the {@code FLYBALL_*} variables; {@code docs/configuration.md} lists
   * them.
   *
   * @throws IllegalArgumentException where a variable has a value that it cannot have; the message
   *     names it
   */
  public static ServerConfig fromEnvironment(Map<String, String> environment) {
    return new EnvironmentConfig(environment).read();
  }

  /**
   * The cache of packed weights that the environment asks for.
   *
   * @param folder goes before that of the environment
   * @throws IllegalArgumentException where a variable has an impossible value
   */
  public static Optional<WeightsCache> weightsCache(
      Map<String, String> environment, Optional<Path> folder) {
    return new EnvironmentConfig(environment).weightsCache(folder);
  }

  public ServerConfig withHost(String newHost) {
    return new ServerConfig(
        newHost,
        port,
        apiKeys,
        adminKey,
        corsOrigins,
        accessLog,
        shutdownLimit,
        http,
        requests,
        models,
        service);
  }

  public ServerConfig withPort(int newPort) {
    return new ServerConfig(
        host,
        newPort,
        apiKeys,
        adminKey,
        corsOrigins,
        accessLog,
        shutdownLimit,
        http,
        requests,
        models,
        service);
  }

  public ServerConfig withApiKeys(List<String> keys) {
    return new ServerConfig(
        host,
        port,
        keys,
        adminKey,
        corsOrigins,
        accessLog,
        shutdownLimit,
        http,
        requests,
        models,
        service);
  }

  public ServerConfig withAdminKey(String key) {
    return new ServerConfig(
        host,
        port,
        apiKeys,
        Optional.of(key),
        corsOrigins,
        accessLog,
        shutdownLimit,
        http,
        requests,
        models,
        service);
  }

  public ServerConfig withCorsOrigins(List<String> origins) {
    return new ServerConfig(
        host,
        port,
        apiKeys,
        adminKey,
        origins,
        accessLog,
        shutdownLimit,
        http,
        requests,
        models,
        service);
  }

  public ServerConfig withAccessLog(boolean newAccessLog) {
    return new ServerConfig(
        host,
        port,
        apiKeys,
        adminKey,
        corsOrigins,
        newAccessLog,
        shutdownLimit,
        http,
        requests,
        models,
        service);
  }

  public ServerConfig withShutdownLimit(Duration limit) {
    return new ServerConfig(
        host,
        port,
        apiKeys,
        adminKey,
        corsOrigins,
        accessLog,
        limit,
        http,
        requests,
        models,
        service);
  }

  public ServerConfig withHttp(HttpLimits limits) {
    return new ServerConfig(
        host,
        port,
        apiKeys,
        adminKey,
        corsOrigins,
        accessLog,
        shutdownLimit,
        limits,
        requests,
        models,
        service);
  }

  public ServerConfig withRequests(RequestLimits limits) {
    return new ServerConfig(
        host,
        port,
        apiKeys,
        adminKey,
        corsOrigins,
        accessLog,
        shutdownLimit,
        http,
        limits,
        models,
        service);
  }

  public ServerConfig withModels(ModelSettings settings) {
    return new ServerConfig(
        host,
        port,
        apiKeys,
        adminKey,
        corsOrigins,
        accessLog,
        shutdownLimit,
        http,
        requests,
        settings,
        service);
  }

  public ServerConfig withService(ServiceSettings settings) {
    return new ServerConfig(
        host,
        port,
        apiKeys,
        adminKey,
        corsOrigins,
        accessLog,
        shutdownLimit,
        http,
        requests,
        models,
        settings);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /** Does not show the API keys. */
  @Override
  public String toString() {
    return "ServerConfig[host=%s, port=%d, apiKeys=%d, adminKey=%b, corsOrigins=%s, accessLog=%s, shutdownLimit=%s, http=%s, requests=%s, models=%s, service=%s]"
        .formatted(
            host,
            port,
            apiKeys.size(),
            adminKey.isPresent(),
            corsOrigins,
            accessLog,
            shutdownLimit,
            http,
            requests,
            models,
            service);
  }
}
