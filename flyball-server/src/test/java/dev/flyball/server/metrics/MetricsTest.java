package dev.flyball.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.server.support.TestServer;
import dev.flyball.server.support.TestServer.Answer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MetricsTest {
  @Test
  void countsRequestsTokensAndTimesUnderTheNamesOfVllm(@TempDir Path folder) {
    try (TestServer server = TestServer.start(folder, "greeting")) {
      server.post("/v1/completions", "{\"prompt\":\"abc\",\"n\":2}");
      server.post("/v1/completions", "{\"prompt\":5}");
      server.get("/nowhere");
      Answer answer = server.get("/metrics");
      assertThat(answer.header("content-type")).startsWith("text/plain; version=0.0.4");
      assertThat(answer.response().body().lines())
          .contains(
              "vllm:prompt_tokens_total{model_name=\"greeting\"} 8.0",
              "vllm:generation_tokens_total{model_name=\"greeting\"} 8.0",
              "vllm:request_success_total{finished_reason=\"stop\",model_name=\"greeting\"} 2.0",
              "vllm:num_requests_running{model_name=\"greeting\"} 0.0",
              "vllm:num_requests_waiting{model_name=\"greeting\"} 0.0",
              "vllm:kv_cache_usage_perc{model_name=\"greeting\"} 0.0",
              "vllm:e2e_request_latency_seconds_count{model_name=\"greeting\"} 2",
              "vllm:time_to_first_token_seconds_count{model_name=\"greeting\"} 2",
              "flyball_http_requests_seconds_count{method=\"POST\",route=\"/v1/completions\",status=\"200\"} 1",
              "flyball_http_requests_seconds_count{method=\"POST\",route=\"/v1/completions\",status=\"400\"} 1",
              "flyball_http_requests_seconds_count{method=\"GET\",route=\"unknown\",status=\"404\"} 1");
    }
  }
}
