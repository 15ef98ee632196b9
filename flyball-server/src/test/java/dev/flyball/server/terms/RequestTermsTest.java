package dev.flyball.server.terms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.CacheWish;
import dev.flyball.engine.cache.KvNamespace;
import dev.flyball.server.ServiceSettings;
import dev.flyball.server.support.TestServer;
import dev.flyball.server.support.TestServer.Answer;
import dev.flyball.units.LatencyTarget;
import dev.flyball.units.Priority;
import dev.flyball.units.ServiceTerms;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request says about how it wants to be served reaches the engine. */
@TestInstance(Lifecycle.PER_CLASS)
final class RequestTermsTest {
  private TestServer server;

  @BeforeAll
  void start(@TempDir Path folder) {
    server =
        TestServer.start(
            folder,
            config ->
                config.withService(
                    new ServiceSettings(LatencyDefaults.parse("strict=500/50,*=-/200"), 10)),
            "greeting",
            "strict");
  }

  @AfterAll
  void stop() {
    server.close();
  }

  private Answer post(String fields, String... headers) {
    HttpRequest.Builder request = server.request("/v1/completions");
    if (headers.length > 0) {
      request.headers(headers);
    }
    return server.send(
        request.POST(BodyPublishers.ofString("{\"prompt\":\"x\"" + fields + "}")).build());
  }

  private ServiceTerms terms(String fields, String... headers) {
    assertThat(post(fields, headers).status()).isEqualTo(200);
    return server.engine("greeting").lastRequest().terms();
  }

  private static LatencyTarget target(int ttftMillis, int tpotMillis) {
    return new LatencyTarget(
        Optional.of(Duration.ofMillis(ttftMillis)), Optional.of(Duration.ofMillis(tpotMillis)));
  }

  @Test
  void whoSaysNothingIsServedByTheModelsDefaults() {
    assertThat(terms(""))
        .isEqualTo(
            new ServiceTerms(
                "default",
                Priority.NORMAL,
                new LatencyTarget(Optional.empty(), Optional.of(Duration.ofMillis(200)))));
    assertThat(post(",\"model\":\"strict\"").status()).isEqualTo(200);
    assertThat(server.engine("strict").lastRequest().terms().target()).isEqualTo(target(500, 50));
  }

  @Test
  void headersWinOverFieldsAndFieldsOverDefaults() {
    assertThat(
            terms(
                ",\"user\":\"bob\",\"service_tier\":\"flex\",\"ttft_ms\":7,\"tpot_ms\":1.5",
                "X-Flyball-Tenant",
                "alice",
                "x-flyball-priority",
                "High",
                "x-flyball-ttft-ms",
                "300"))
        .isEqualTo(
            new ServiceTerms(
                "alice",
                Priority.HIGH,
                new LatencyTarget(
                    Optional.of(Duration.ofMillis(300)),
                    Optional.of(Duration.ofNanos(1_500_000)))));
  }

  private CacheWish cache(String fields, String... headers) {
    assertThat(post(fields, headers).status()).isEqualTo(200);
    return server.engine("greeting").lastRequest().cache();
  }

  @Test
  void aRequestSaysHowItsKeysAndValuesAreKeptAndWithWhomItSharesThem() {
    String header = "x-flyball-kv-cache";
    assertThat(cache("")).isEqualTo(CacheWish.DEFAULT.with(CacheType.F16));
    assertThat(cache("", header, "Q8_0")).isEqualTo(CacheWish.DEFAULT.with(CacheType.Q8_0));
    assertThat(cache("", header, "q8_0/q4_0"))
        .isEqualTo(CacheWish.DEFAULT.with(CacheType.Q8_0_Q4_0));
    assertThat(cache("", header, "q4_0")).isEqualTo(CacheWish.DEFAULT.with(CacheType.Q4_0));
    assertThat(cache("", header, "auto")).isEqualTo(CacheWish.DEFAULT.with(CacheType.F16));
    KvNamespace salted = cache(",\"cache_salt\":\"a\"").namespace();
    assertThat(salted).isNotEqualTo(KvNamespace.EVERYBODY);
    assertThat(cache(",\"cache_salt\":\"a\",\"user\":\"bob\"").namespace()).isEqualTo(salted);
    assertThat(cache(",\"cache_salt\":\"b\"").namespace()).isNotEqualTo(salted);
    assertThat(post("", header, "q4_1").json().at("/error/param").asText()).isEqualTo(header);
    assertThat(post(",\"cache_salt\":\"\"").json().at("/error/param").asText())
        .isEqualTo("cache_salt");
  }

  @Test
  void whereTenantsAreIsolatedEachHasANamespaceOfItsOwn() {
    KvNamespace bob = CacheIsolation.TENANT.namespace("bob", Optional.empty());
    assertThat(bob).isEqualTo(CacheIsolation.TENANT.namespace("bob", Optional.empty()));
    assertThat(
            Stream.of(
                KvNamespace.EVERYBODY,
                bob,
                CacheIsolation.TENANT.namespace("alice", Optional.empty()),
                CacheIsolation.TENANT.namespace("bob", Optional.of("a")),
                CacheIsolation.TENANT.namespace("bobsalt:a", Optional.empty()),
                CacheIsolation.NONE.namespace("bob", Optional.of("a"))))
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({"auto, NORMAL", "default, NORMAL", "scale, NORMAL", "flex, LOW", "priority, HIGH"})
  void theServiceTierIsAPriority(String tier, Priority priority) {
    assertThat(terms(",\"service_tier\":\"" + tier + "\"").priority()).isEqualTo(priority);
  }

  @Test
  void theUserOfTheRequestIsItsTenantWithinBounds() {
    assertThat(terms(",\"user\":\"bob\",\"safety_identifier\":\"id-1\"").tenant())
        .isEqualTo("id-1");
    assertThat(terms(",\"user\":\"a\\nb\"").tenant()).isEqualTo("a_b");
    assertThat(terms(",\"user\":\"\"").tenant()).isEqualTo("default");
    assertThat(terms(",\"user\":\"" + "x".repeat(127) + "🦊\"").tenant())
        .isEqualTo("x".repeat(127));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          x-flyball-priority | urgent
          x-flyball-priority | ''
          x-flyball-ttft-ms  | 0
          x-flyball-ttft-ms  | -5
          x-flyball-ttft-ms  | soon
          x-flyball-ttft-ms  | 1e3
          x-flyball-ttft-ms  | 99999999
          x-flyball-tpot-ms  | 0.0000001
          x-flyball-tpot-ms  | 5 ms
          x-flyball-tenant   | two words
          x-flyball-tenant   | ''
          x-flyball-run      | two words
          x-flyball-receipt  | maybe
          """)
  void aWrongHeaderIsNamed(String header, String value) {
    Answer answer = post("", header, value);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.errorCode()).isEqualTo("invalid_value");
    assertThat(answer.json().at("/error/param").asText()).isEqualTo(header);
    assertThat(answer.json().at("/error/message").asText()).contains("header " + header);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "service_tier":"gold" | service_tier | invalid_value
          "service_tier":5      | service_tier | invalid_type
          "ttft_ms":0           | ttft_ms      | invalid_value
          "ttft_ms":-1          | ttft_ms      | invalid_value
          "tpot_ms":"fast"      | tpot_ms      | invalid_type
          "user":7              | user         | invalid_type
          """)
  void aWrongFieldIsNamed(String field, String param, String code) {
    Answer answer = post("," + field);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.errorCode()).isEqualTo(code);
    assertThat(answer.json().at("/error/param").asText()).isEqualTo(param);
  }

  @Test
  void aTenantsNameMayBeLongButNotLonger() {
    assertThat(terms("", "x-flyball-tenant", "t".repeat(128)).tenant()).hasSize(128);
    assertThat(post("", "x-flyball-tenant", "t".repeat(129)).status()).isEqualTo(400);
  }

  @Test
  void namesOfModelsMayHaveWhateverFilesHave() {
    LatencyDefaults defaults = LatencyDefaults.parse("OWNER/REPO:Q4_0 = 1000 / - , *=-/99.5");
    assertThat(defaults.of("OWNER/REPO:Q4_0").ttft()).contains(Duration.ofSeconds(1));
    assertThat(defaults.of("OWNER/REPO:Q4_0").tpot()).contains(Duration.ofNanos(99_500_000));
    assertThat(defaults.of("other").ttft()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "fast", "=1/2", "a=1", "a=1/x", "a=0/1", "a=1/2,a=3/4", "a=1/2,"})
  void defaultsThatCannotBeReadAreAnErrorAtTheStart(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> LatencyDefaults.parse(text));
  }
}
