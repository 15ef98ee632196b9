package dev.flyball.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.flyball.engine.EngineOptions;
import dev.flyball.engine.LocalEngines;
import dev.flyball.engine.cache.CacheDirectory;
import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.CacheTypes;
import dev.flyball.engine.schedule.SchedulingPolicy;
import dev.flyball.engine.speculate.SpeculationMode;
import dev.flyball.engine.speculate.SpeculationOptions;
import dev.flyball.server.models.KeepAlive;
import dev.flyball.server.terms.LatencyDefaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServerConfigTest {
  @Test
  void withoutVariablesTheDefaultsHold() {
    assertThat(ServerConfig.fromEnvironment(Map.of("HOME", "/x")))
        .isEqualTo(ServerConfig.defaults());
  }

  @Test
  void everyVariableIsRead() {
    ServerConfig config =
        ServerConfig.fromEnvironment(
            Map.ofEntries(
                Map.entry("FLYBALL_HOST", "::1"),
                Map.entry("FLYBALL_PORT", "1234"),
                Map.entry("FLYBALL_API_KEYS", "a, b"),
                Map.entry("FLYBALL_ADMIN_KEY", "c"),
                Map.entry("FLYBALL_STREAM_KEEP_ALIVE_SECONDS", "0"),
                Map.entry("FLYBALL_CORS_ORIGINS", "*"),
                Map.entry("FLYBALL_ACCESS_LOG", "true"),
                Map.entry("FLYBALL_SHUTDOWN_SECONDS", "7"),
                Map.entry("FLYBALL_MAX_BODY_BYTES", "5000"),
                Map.entry("FLYBALL_MAX_CHOICES", "3"),
                Map.entry("FLYBALL_MODELS_DIR", "/m"),
                Map.entry("FLYBALL_MODEL_FILES", "/x.gguf"),
                Map.entry("FLYBALL_MODEL", "x"),
                Map.entry("FLYBALL_PRELOAD", "1"),
                Map.entry("FLYBALL_KEEP_ALIVE", "-1"),
                Map.entry("FLYBALL_MEMORY_LIMIT", "2G"),
                Map.entry("FLYBALL_CONTEXT_LENGTH", "100"),
                Map.entry("FLYBALL_MAX_RUNNING", "2"),
                Map.entry("FLYBALL_MAX_WAITING", "3"),
                Map.entry("FLYBALL_LATENCY_TARGETS", "*=2000/150"),
                Map.entry("FLYBALL_RECEIPTS", "7"),
                Map.entry("FLYBALL_CACHE_DIR", "/c"),
                Map.entry("FLYBALL_CACHE_DIR_LIMIT", "3M"),
                Map.entry("FLYBALL_KV_CACHE", "q8_0/Q4_0"),
                Map.entry("FLYBALL_KV_CACHE_LEAST", "q4_0"),
                Map.entry("FLYBALL_SCHEDULER", "FCFS"),
                Map.entry("FLYBALL_THREADS", "4")));
    assertThat(config.host()).isEqualTo("::1");
    assertThat(config.port()).isEqualTo(1234);
    assertThat(config.apiKeys()).isEqualTo(List.of("a", "b"));
    assertThat(config.adminKey()).contains("c");
    assertThat(config.http().streamKeepAlive()).isZero();
    assertThat(config.corsOrigins()).isEqualTo(List.of("*"));
    assertThat(config.accessLog()).isTrue();
    assertThat(config.shutdownLimit()).isEqualTo(Duration.ofSeconds(7));
    assertThat(config.http().maxBodyBytes()).isEqualTo(5000);
    assertThat(config.requests().maxChoices()).isEqualTo(3);
    assertThat(config.models().folder()).isEqualTo(Path.of("/m"));
    assertThat(config.models().files()).isEqualTo(List.of(Path.of("/x.gguf")));
    assertThat(config.models().defaultModel()).contains("x");
    assertThat(config.models().preload()).isTrue();
    assertThat(config.models().keepAlive()).isEqualTo(KeepAlive.FOREVER);
    assertThat(config.models().memoryLimitBytes()).isEqualTo(2L << 30);
    assertThat(config.service())
        .isEqualTo(new ServiceSettings(LatencyDefaults.parse("*=2000/150"), 7));
    assertThat(config.models().engine())
        .isEqualTo(
            new EngineOptions(100, 2, 3, 4)
                .withCacheTypes(new CacheTypes(CacheType.Q8_0_Q4_0, CacheType.Q4_0))
                .withScheduler(SchedulingPolicy.FCFS)
                .withCacheDirectory(Optional.of(new CacheDirectory(Path.of("/c"), 3 << 20))));
  }

  @ParameterizedTest
  @CsvSource({
    "FLYBALL_PORT, http",
    "FLYBALL_PORT, 65536",
    "FLYBALL_STREAM_KEEP_ALIVE_SECONDS, -1s",
    "FLYBALL_ACCESS_LOG, maybe",
    "FLYBALL_KEEP_ALIVE, soon",
    "FLYBALL_LATENCY_TARGETS, fast",
    "FLYBALL_RECEIPTS, -1",
    "FLYBALL_SCHEDULER, lottery",
    "FLYBALL_KV_CACHE, q2_k",
    "FLYBALL_KV_CACHE_LEAST, f32",
    "FLYBALL_KV_CACHE_LEAST, auto",
    "FLYBALL_MEMORY_LIMIT, much",
    "FLYBALL_CACHE_DIR_LIMIT, 1K",
    "FLYBALL_MEMORY_LIMIT, 999999999999999T",
    "FLYBALL_SPECULATE, sometimes",
    "FLYBALL_DRAFT, =x.gguf",
    "FLYBALL_DRAFT, m="
  })
  void aWrongValueNamesItsVariable(String name, String value) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ServerConfig.fromEnvironment(Map.of(name, value)))
        .withMessageContaining(name)
        .withMessageContaining(value);
  }

  @ParameterizedTest
  @CsvSource({"auto, AUTO", "NGRAM, NGRAM", "draft, DRAFT", "off, OFF"})
  void whoGuessesIsReadFromItsVariable(String value, SpeculationMode mode) {
    SpeculationOptions options = speculation(Map.of("FLYBALL_SPECULATE", value));
    assertThat(options.mode()).isEqualTo(mode);
  }

  @Test
  void draftModelsAreReadFromTheirVariables() {
    SpeculationOptions options =
        speculation(Map.of("FLYBALL_DRAFT", "all.gguf, a=b.gguf", "FLYBALL_DRAFT_WIDTH", "1"));
    assertThat(options.drafts().ofAll()).contains(Path.of("all.gguf"));
    assertThat(options.drafts().ofModels()).isEqualTo(Map.of("a", Path.of("b.gguf")));
    assertThat(options.width()).isEqualTo(1);
  }

  @Test
  void aServerWhoseDraftModelIsMissingDoesNotStart() {
    ServerConfig config = ServerConfig.fromEnvironment(Map.of("FLYBALL_SPECULATE", "draft"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FlyballServer.start(config, new LocalEngines()).close())
        .withMessageContaining("--draft or FLYBALL_DRAFT");
  }

  private static SpeculationOptions speculation(Map<String, String> variables) {
    return ServerConfig.fromEnvironment(variables).models().engine().speculation();
  }

  @Test
  void keysDoNotShowInLogs() {
    ServerConfig config = ServerConfig.defaults().withApiKeys(List.of("secret"));
    assertThat(config.withAdminKey("hidden").toString()).doesNotContain("secret", "hidden");
  }
}
