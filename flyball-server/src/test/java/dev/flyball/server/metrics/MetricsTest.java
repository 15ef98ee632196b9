package dev.flyball.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyball.server.support.Await;
import dev.flyball.server.support.RawClient;
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
              "vllm:prompt_tokens_total{engine=\"0\",model_name=\"greeting\"} 8.0",
              "vllm:generation_tokens_total{engine=\"0\",model_name=\"greeting\"} 8.0",
              "vllm:request_success_total{engine=\"0\",finished_reason=\"stop\",model_name=\"greeting\"} 2.0",
              "vllm:num_requests_running{engine=\"0\",model_name=\"greeting\"} 0.0",
              "vllm:num_requests_waiting{engine=\"0\",model_name=\"greeting\"} 0.0",
              "vllm:kv_cache_usage_perc{engine=\"0\",model_name=\"greeting\"} 0.0",
              "vllm:cache_config_info{block_size=\"32\",cache_dtype=\"f16\",enable_prefix_caching=\"True\",engine=\"0\",model_name=\"greeting\",num_gpu_blocks=\"3\"} 1",
              "vllm:e2e_request_latency_seconds_count{engine=\"0\",model_name=\"greeting\"} 2",
              "vllm:time_to_first_token_seconds_count{engine=\"0\",model_name=\"greeting\"} 2",
              "vllm:request_queue_time_seconds_count{engine=\"0\",model_name=\"greeting\"} 2",
              "vllm:request_prefill_time_seconds_count{engine=\"0\",model_name=\"greeting\"} 2",
              "vllm:request_decode_time_seconds_count{engine=\"0\",model_name=\"greeting\"} 2",
              "vllm:request_inference_time_seconds_count{engine=\"0\",model_name=\"greeting\"} 2",
              "vllm:request_time_per_output_token_seconds_count{engine=\"0\",model_name=\"greeting\"} 2",
              "vllm:inter_token_latency_seconds_count{engine=\"0\",model_name=\"greeting\"} 6",
              "vllm:request_prompt_tokens_count{engine=\"0\",model_name=\"greeting\"} 2",
              "vllm:request_generation_tokens_bucket{engine=\"0\",model_name=\"greeting\",le=\"5.0\"} 2",
              "vllm:prefix_cache_queries_total{engine=\"0\",model_name=\"greeting\"} 8.0",
              "vllm:prefix_cache_hits_total{engine=\"0\",model_name=\"greeting\"} 0.0",
              "vllm:num_preemptions_total{engine=\"0\",model_name=\"greeting\"} 0.0",
              "vllm:e2e_request_latency_seconds_bucket{engine=\"0\",model_name=\"greeting\",le=\"7680.0\"} 2",
              "vllm:time_to_first_token_seconds_bucket{engine=\"0\",model_name=\"greeting\",le=\"2560.0\"} 2",
              "flyball_http_requests_seconds_count{method=\"POST\",route=\"/v1/completions\",status=\"200\"} 1",
              "flyball_http_requests_seconds_count{method=\"POST\",route=\"/v1/completions\",status=\"400\"} 1",
              "flyball_http_requests_seconds_count{method=\"GET\",route=\"unknown\",status=\"404\"} 1");
      assertThat(answer.response().body())
          .containsPattern(
              "flyball_energy_joules_total\\{engine=\"0\",method=\"[a-z]+\",model_name=\"greeting\"} 0\\.\\d+");
    }
  }

  @Test
  void failuresAndCancellationsHaveTheirReasons(@TempDir Path folder) {
    try (TestServer server = TestServer.start(folder, "failing", "endless")) {
      server.post("/v1/completions", "{\"prompt\":\"abc\"}");
      try (RawClient gone = new RawClient(server.port())) {
        gone.send(
            RawClient.post(
                "/v1/completions",
                "{\"model\":\"endless\",\"prompt\":\"x\",\"max_tokens\":99999,\"stream\":true}"));
        gone.readUntil("on and");
      }
      Await.until(
          "both are counted",
          () -> {
            String text = server.get("/metrics").response().body();
            return text.contains(
                    "vllm:request_success_total{engine=\"0\",finished_reason=\"error\",model_name=\"failing\"} 1.0")
                && text.contains(
                    "vllm:request_success_total{engine=\"0\",finished_reason=\"abort\",model_name=\"endless\"} 1.0");
          });
    }
  }
}
