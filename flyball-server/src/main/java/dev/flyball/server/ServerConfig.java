package dev.flyball.server;

import dev.flyball.engine.weights.ExpertOptions;
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
import java.util.function.Consumer;

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

  /**
   * Where experts lie, by an environment.
   *
   * @param text goes before what the environment says
   */
  public static ExpertOptions experts(Map<String, String> environment, Optional<String> text) {
    return new EnvironmentConfig(environment).experts(text);
  }

  public ServerConfig withHost(String newHost) {
    return with(copy -> copy.host = newHost);
  }

  public ServerConfig withPort(int newPort) {
    return with(copy -> copy.port = newPort);
  }

  public ServerConfig withApiKeys(List<String> keys) {
    return with(copy -> copy.apiKeys = keys);
  }

  public ServerConfig withAdminKey(String key) {
    return with(copy -> copy.adminKey = Optional.of(key));
  }

  public ServerConfig withCorsOrigins(List<String> origins) {
    return with(copy -> copy.corsOrigins = origins);
  }

  public ServerConfig withAccessLog(boolean newAccessLog) {
    return with(copy -> copy.accessLog = newAccessLog);
  }

  public ServerConfig withShutdownLimit(Duration limit) {
    return with(copy -> copy.shutdownLimit = limit);
  }

  public ServerConfig withHttp(HttpLimits limits) {
    return with(copy -> copy.http = limits);
  }

  public ServerConfig withRequests(RequestLimits limits) {
    return with(copy -> copy.requests = limits);
  }

  public ServerConfig withModels(ModelSettings settings) {
    return with(copy -> copy.models = settings);
  }

  public ServerConfig withService(ServiceSettings settings) {
    return with(copy -> copy.service = settings);
  }

  private ServerConfig with(Consumer<Copy> change) {
    Copy copy = new Copy(this);
    change.accept(copy);
    return copy.build();
  }

  /** The components of a configuration that is being copied, to be changed by name. */
  private static final class Copy {
    private String host;
    private int port;
    private List<String> apiKeys;
    private Optional<String> adminKey;
    private List<String> corsOrigins;
    private boolean accessLog;
    private Duration shutdownLimit;
    private HttpLimits http;
    private RequestLimits requests;
    private ModelSettings models;
    private ServiceSettings service;

    Copy(ServerConfig of) {
      this.host = of.host;
      this.port = of.port;
      this.apiKeys = of.apiKeys;
      this.adminKey = of.adminKey;
      this.corsOrigins = of.corsOrigins;
      this.accessLog = of.accessLog;
      this.shutdownLimit = of.shutdownLimit;
      this.http = of.http;
      this.requests = of.requests;
      this.models = of.models;
      this.service = of.service;
    }

    ServerConfig build() {
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
          service);
    }
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
