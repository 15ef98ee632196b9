package dev.flyball.server.metrics;

import dev.flyball.engine.EngineLoad;
import dev.flyball.engine.FinishReason;
import dev.flyball.engine.GenerationResult;
import dev.flyball.server.generate.GenerationObserver;
import dev.flyball.server.http.RequestObserver;
import dev.flyball.server.models.ModelRegistry;
import dev.flyball.server.models.ModelStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;

/**
 * What the server counts and measures. Meters of a model are made when it is first used.
 * Thread-safe.
 */
public final class ServerMetrics implements RequestObserver, GenerationObserver {
  private static final String MODEL = "model_name";
  private static final Duration[] LATENCY_BUCKETS = {
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofSeconds(60),
    Duration.ofSeconds(120),
    Duration.ofSeconds(300)
  };

  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ModelRegistry models;
  private final Map<RequestKind, Timer> requests = new ConcurrentHashMap<>();
  private final Map<String, ModelMeters> byModel = new ConcurrentHashMap<>();
  private final List<LoadGauge> loadGauges;

  /** Requests that are counted together. */
  private record RequestKind(String route, String method, int status) {}

  /** A gauge with one row for each loaded model. */
  private record LoadGauge(MultiGauge gauge, ToDoubleFunction<EngineLoad> value) {}

  public ServerMetrics(ModelRegistry models) {
    this.models = models;
    this.loadGauges =
        List.of(
            loadGauge(
                "vllm:num_requests_running",
                "Requests that take part in steps",
                EngineLoad::running),
            loadGauge(
                "vllm:num_requests_waiting",
                "Requests accepted but not started",
                EngineLoad::waiting),
            loadGauge(
                "vllm:kv_cache_usage_perc",
                "Share of the KV cache in use, 0 to 1",
                ServerMetrics::cacheUsage));
  }

  @Override
  public void onRequestEnd(String route, String method, int status, Duration duration) {
    requests
        .computeIfAbsent(new RequestKind(route, method, status), this::requestTimer)
        .record(duration);
  }

  @Override
  public void onGenerationEnd(
      String model, GenerationResult result, Duration timeToFirstToken, Duration total) {
    byModel
        .computeIfAbsent(model, name -> new ModelMeters(meters, name))
        .record(result, timeToFirstToken, total);
  }

  /** All values in Prometheus' text format. */
  public String scrape() {
    List<ModelStatus> loaded =
        models.status().stream().filter(status -> status.engine().isPresent()).toList();
    for (LoadGauge loadGauge : loadGauges) {
      List<MultiGauge.Row<?>> rows = new ArrayList<>();
      for (ModelStatus status : loaded) {
        EngineLoad load = status.engine().orElseThrow().load();
        rows.add(
            MultiGauge.Row.of(
                Tags.of(MODEL, status.name()), loadGauge.value().applyAsDouble(load)));
      }
      loadGauge.gauge().register(rows, true);
    }
    return meters.scrape();
  }

  private LoadGauge loadGauge(String name, String description, ToDoubleFunction<EngineLoad> value) {
    return new LoadGauge(MultiGauge.builder(name).description(description).register(meters), value);
  }

  private Timer requestTimer(RequestKind kind) {
    return Timer.builder("flyball_http_requests")
        .description("HTTP requests by route, method and status")
        .tag("route", kind.route())
        .tag("method", kind.method())
        .tag("status", Integer.toString(kind.status()))
        .register(meters);
  }

  private static double cacheUsage(EngineLoad load) {
    return load.cacheTokensCapacity() == 0
        ? 0
        : (double) load.cacheTokensUsed() / load.cacheTokensCapacity();
  }

  /** The meters of one model. */
  private static final class ModelMeters {
    private final Counter promptTokens;
    private final Counter generationTokens;
    private final Timer timeToFirstToken;
    private final Timer latency;
    private final Map<FinishReason, Counter> ended = new ConcurrentHashMap<>();

    ModelMeters(PrometheusMeterRegistry meters, String model) {
      Tag tag = Tag.of(MODEL, model);
      Tags tags = Tags.of(tag);
      promptTokens =
          Counter.builder("vllm:prompt_tokens")
              .description("Tokens of prompts")
              .tags(tags)
              .register(meters);
      generationTokens =
          Counter.builder("vllm:generation_tokens")
              .description("Tokens generated")
              .tags(tags)
              .register(meters);
      timeToFirstToken =
          histogram(meters, "vllm:time_to_first_token", "From arrival to the first token", tags);
      latency =
          histogram(
              meters, "vllm:e2e_request_latency", "From arrival to the generation's end", tags);
      for (FinishReason reason : FinishReason.values()) {
        ended.put(
            reason,
            Counter.builder("vllm:request_success")
                .description("Generations by the reason of their end")
                .tags(tags.and("finished_reason", nameOf(reason)))
                .register(meters));
      }
    }

    void record(GenerationResult result, Duration firstToken, Duration total) {
      promptTokens.increment(result.usage().prompt());
      generationTokens.increment(result.usage().output());
      if (result.usage().output() > 0) {
        timeToFirstToken.record(firstToken);
      }
      latency.record(total);
      Counter counter = ended.get(result.reason());
      if (counter != null) {
        counter.increment();
      }
    }

    private static Timer histogram(
        PrometheusMeterRegistry meters, String name, String description, Tags tags) {
      return Timer.builder(name)
          .description(description)
          .tags(tags)
          .serviceLevelObjectives(LATENCY_BUCKETS)
          .register(meters);
    }

    /** vLLM calls a cancelled request aborted. */
    private static String nameOf(FinishReason reason) {
      return reason == FinishReason.CANCELLED ? "abort" : reason.name().toLowerCase(Locale.ROOT);
    }
  }
}
