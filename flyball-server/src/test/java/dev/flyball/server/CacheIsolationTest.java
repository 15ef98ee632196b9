package dev.flyball.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.server.generate.PinnedPrefix;
import dev.flyball.server.support.DemoServer;
import dev.flyball.server.terms.CacheIsolation;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What others left in the cache is found, or not, over HTTP and with the real engine. */
final class CacheIsolationTest {
  private static final String PROMPT = "Once upon a time there was a fox. ".repeat(20);

  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void closeClient() {
    client.shutdownNow();
  }

  private JsonNode usage(FlyballServer server, String fields, String... headers) throws Exception {
    String body = "{\"prompt\":\"" + PROMPT + "\",\"max_tokens\":2" + fields + "}";
    return post(server, "/v1/completions", body, headers).at("/usage");
  }

  private JsonNode post(FlyballServer server, String path, String body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(server.uri().resolve(path))
            .header("x-flyball-receipt", "true")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return new ObjectMapper().readTree(response.body());
  }

  private int cached(FlyballServer server, String fields, String... headers) throws Exception {
    return usage(server, fields, headers).at("/prompt_tokens_details/cached_tokens").asInt();
  }

  @Test
  void tenantsFindTheirOwnOnlyWhereTheyAreIsolated() throws Exception {
    try (FlyballServer server =
        DemoServer.start(service -> service.withIsolation(CacheIsolation.TENANT))) {
      assertThat(cached(server, "", "x-flyball-tenant", "alice")).isZero();
      assertThat(cached(server, "", "x-flyball-tenant", "bob")).isZero();
      assertThat(cached(server, "", "x-flyball-tenant", "alice")).isPositive();
    }
  }

  @Test
  void aPinnedPromptIsFoundByTheFirstRequest() throws Exception {
    PinnedPrefix prefix = new PinnedPrefix(PROMPT);
    try (FlyballServer server =
        DemoServer.start(service -> service.withPinnedPrefix(Optional.of(prefix)))) {
      assertThat(cached(server, "")).isPositive();
    }
  }

  @Test
  void everybodySharesButWithAnotherSaltOrPrecision() throws Exception {
    try (FlyballServer server = DemoServer.start()) {
      assertThat(cached(server, "", "x-flyball-tenant", "alice")).isZero();
      assertThat(cached(server, "", "x-flyball-tenant", "bob")).isPositive();
      assertThat(cached(server, ",\"cache_salt\":\"s\"")).isZero();
      assertThat(cached(server, ",\"cache_salt\":\"s\"")).isPositive();
      JsonNode usage = usage(server, "", "x-flyball-kv-cache", "q8_0");
      JsonNode plan = usage.at("/flyball/plan");
      String used = plan.at("/knobs/kv_cache").asText();
      assertThat(used).isIn("q8_0", "f32");
      assertThat(usage.at("/prompt_tokens_details/cached_tokens").asInt() == 0)
          .isEqualTo(used.equals("q8_0"));
      assertThat(plan.at("/reasons"))
          .anyMatch(reason -> reason.asText().contains("q8_0 was asked for"));
    }
  }
}
