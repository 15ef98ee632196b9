package dev.flyball.server;

import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.adapter.AdapterFile;
import dev.flyball.engine.adapter.AdapterOptions;
import dev.flyball.engine.cache.CacheDirectory;
import dev.flyball.engine.cache.CacheTypes;
import dev.flyball.engine.schedule.SchedulingPolicy;
import dev.flyball.engine.speculate.DraftFiles;
import dev.flyball.engine.speculate.SpeculationMode;
import dev.flyball.engine.speculate.SpeculationOptions;
import dev.flyball.engine.weights.ExpertOptions;
import dev.flyball.engine.weights.WeightsCache;
import dev.flyball.server.generate.PinnedPrefix;
import dev.flyball.server.generate.RequestLimits;
import dev.flyball.server.http.HttpLimits;
import dev.flyball.server.models.KeepAlive;
import dev.flyball.server.models.ModelCatalog;
import dev.flyball.server.models.ModelSettings;
import dev.flyball.server.terms.CacheIsolation;
import dev.flyball.server.terms.LatencyDefaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads a configuration from environment variables; each is absent, or right, or an error. */
final class EnvironmentConfig {
  private static final String PORT_RANGE =
      "it must be a whole number from 0 (any port that is free) to " + ServerConfig.MAX_PORT;

  private final Map<String, String> environment;

  EnvironmentConfig(Map<String, String> environment) {
    this.environment = environment;
  }

  ServerConfig read() {
    return new ServerConfig(
        text("FLYBALL_HOST").orElse(ServerConfig.DEFAULT_HOST),
        value("FLYBALL_PORT", EnvironmentConfig::port).orElse(ServerConfig.DEFAULT_PORT),
        list("FLYBALL_API_KEYS"),
        text("FLYBALL_ADMIN_KEY"),
        list("FLYBALL_CORS_ORIGINS"),
        flag("FLYBALL_ACCESS_LOG"),
        seconds("FLYBALL_SHUTDOWN_SECONDS", ServerConfig.DEFAULT_SHUTDOWN_LIMIT),
        httpLimits(),
        requestLimits(),
        models(),
        service());
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= ServerConfig.MAX_PORT) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(PORT_RANGE, e);
    }
    throw new IllegalArgumentException(PORT_RANGE);
  }

  private HttpLimits httpLimits() {
    HttpLimits usual = HttpLimits.DEFAULT;
    return new HttpLimits(
        integer("FLYBALL_MAX_BODY_BYTES", usual.maxBodyBytes()),
        integer("FLYBALL_MAX_HEADER_BYTES", usual.maxHeaderBytes()),
        integer("FLYBALL_MAX_URI_BYTES", usual.maxUriBytes()),
        integer("FLYBALL_MAX_CONNECTIONS", usual.maxConnections()),
        integer("FLYBALL_MAX_REQUESTS", usual.maxRequests()),
        seconds("FLYBALL_IDLE_SECONDS", usual.idleTimeout()),
        seconds("FLYBALL_BODY_SECONDS", usual.bodyTimeout()),
        seconds("FLYBALL_WRITE_SECONDS", usual.writeTimeout()),
        seconds("FLYBALL_STREAM_KEEP_ALIVE_SECONDS", usual.streamKeepAlive()),
        integer("FLYBALL_MAX_UNSENT_BYTES", usual.maxUnsentBytes()));
  }

  private RequestLimits requestLimits() {
    return new RequestLimits(
        integer("FLYBALL_MAX_CHOICES", RequestLimits.DEFAULT.maxChoices()),
        integer("FLYBALL_MAX_INPUTS", RequestLimits.DEFAULT.maxInputs()));
  }

  private ModelSettings models() {
    return new ModelSettings(
        ModelCatalog.defaultFolder(environment),
        list("FLYBALL_MODEL_FILES").stream().map(Path::of).toList(),
        text("FLYBALL_MODEL"),
        flag("FLYBALL_PRELOAD"),
        value("FLYBALL_KEEP_ALIVE", KeepAlive::parse).orElse(KeepAlive.FIVE_MINUTES),
        value("FLYBALL_MEMORY_LIMIT", ByteSize::parse).orElse(0L),
        engine());
  }

  private ServiceSettings service() {
    return new ServiceSettings(
        value("FLYBALL_LATENCY_TARGETS", LatencyDefaults::parse).orElse(LatencyDefaults.NONE),
        value("FLYBALL_RECEIPTS", EnvironmentConfig::receipts)
            .orElse(ServiceSettings.DEFAULT.receipts()),
        value("FLYBALL_CACHE_ISOLATION", CacheIsolation::parse).orElse(CacheIsolation.NONE),
        value("FLYBALL_PIN_PREFIX", path -> PinnedPrefix.read(Path.of(path))));
  }

  private static int receipts(String text) {
    return new ServiceSettings(LatencyDefaults.NONE, wholeNumber(text)).receipts();
  }

  private EngineOptions engine() {
    EngineOptions usual = EngineOptions.DEFAULT;
    return new EngineOptions(
            integer("FLYBALL_CONTEXT_LENGTH", usual.contextLength()),
            integer("FLYBALL_MAX_RUNNING", usual.maxRunning()),
            integer("FLYBALL_MAX_WAITING", usual.maxWaiting()),
            integer("FLYBALL_THREADS", usual.threads()))
        .withCacheTypes(cacheTypes(usual.cacheTypes()))
        .withScheduler(value("FLYBALL_SCHEDULER", SchedulingPolicy::of).orElse(usual.scheduler()))
        .withCacheDirectory(cacheDirectory())
        .withWeightsCache(weightsCache(Optional.empty()))
        .withAdapters(adapters())
        .withExperts(experts(Optional.empty()))
        .withProjector(value("FLYBALL_MMPROJ", Path::of))
        .withSpeculation(speculation(usual.speculation()));
  }

  private SpeculationOptions speculation(SpeculationOptions usual) {
    return SpeculationOptions.of(
            value("FLYBALL_SPECULATE", SpeculationMode::of).orElse(usual.mode()),
            value("FLYBALL_DRAFT", files -> DraftFiles.parse(List.of(files.split(",", -1))))
                .orElse(usual.drafts()))
        .withWidth(integer("FLYBALL_DRAFT_WIDTH", usual.width()));
  }

  private CacheTypes cacheTypes(CacheTypes usual) {
    return new CacheTypes(
        value("FLYBALL_KV_CACHE", CacheTypes::parseUsual).orElse(usual.usual()),
        value("FLYBALL_KV_CACHE_LEAST", CacheTypes::parseLeast).orElse(usual.least()));
  }

  private AdapterOptions adapters() {
    return new AdapterOptions(
        list("FLYBALL_LORA").stream().map(text -> AdapterFile.parse(text, 0)).toList(),
        value("FLYBALL_MAX_LORAS", EnvironmentConfig::wholeNumber)
            .orElse(AdapterOptions.DEFAULT.most()));
  }

  /**
   * @param text goes before the variable
   */
  ExpertOptions experts(Optional<String> text) {
    return text.map(ExpertOptions::parse)
        .or(() -> value("FLYBALL_EXPERTS", ExpertOptions::parse))
        .orElse(ExpertOptions.DEFAULT);
  }

  /**
   * @param folder goes before the variable
   */
  Optional<WeightsCache> weightsCache(Optional<Path> folder) {
    long limitBytes =
        value("FLYBALL_WEIGHTS_CACHE_LIMIT", ByteSize::parse)
            .orElse(WeightsCache.DEFAULT_LIMIT_BYTES);
    return folder
        .or(() -> value("FLYBALL_WEIGHTS_CACHE", Path::of))
        .map(found -> new WeightsCache(found, limitBytes));
  }

  private Optional<CacheDirectory> cacheDirectory() {
    long limit =
        value("FLYBALL_CACHE_DIR_LIMIT", EnvironmentConfig::cacheDirectoryLimit)
            .orElse(CacheDirectory.DEFAULT_LIMIT_BYTES);
    return value("FLYBALL_CACHE_DIR", Path::of).map(path -> new CacheDirectory(path, limit));
  }

  private static long cacheDirectoryLimit(String text) {
    return CacheDirectory.requireLimit(ByteSize.parse(text));
  }

  private Optional<String> text(String name) {
    return Optional.ofNullable(environment.get(name)).map(String::strip).filter(s -> !s.isEmpty());
  }

  private int integer(String name, int usual) {
    return value(name, EnvironmentConfig::wholeNumber).orElse(usual);
  }

  private static int wholeNumber(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("it must be a whole number, at most 2147483647", e);
    }
  }

  private Duration seconds(String name, Duration usual) {
    return value(name, text -> Duration.ofSeconds(wholeNumber(text))).orElse(usual);
  }

  private boolean flag(String name) {
    return value(
            name,
            text ->
                switch (text) {
                  case "true", "1", "yes" -> true;
                  case "false", "0", "no" -> false;
                  default -> throw new IllegalArgumentException("it is true or false");
                })
        .orElse(false);
  }

  private List<String> list(String name) {
    return text(name).stream()
        .flatMap(text -> Arrays.stream(text.split(",", -1)))
        .map(String::strip)
        .filter(entry -> !entry.isEmpty())
        .toList();
  }

  private <T> Optional<T> value(String name, Function<String, T> parse) {
    return text(name)
        .map(
            text -> {
              try {
                return parse.apply(text);
              } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                    "the environment variable %s cannot be '%s': %s"
                        .formatted(name, text, e.getMessage()),
                    e);
              }
            });
  }
}
