package dev.flyball.server.metrics;

import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineLoad;
import dev.flyball.engine.GenerationResult;
import dev.flyball.engine.cache.CacheType;
import dev.flyball.engine.cache.PagedKvCache;
import dev.flyball.engine.weights.ExpertCounters;
import dev.flyball.server.generate.GenerationObserver;
import dev.flyball.server.http.RequestObserver;
import dev.flyball.server.models.ModelRegistry;
import dev.flyball.server.models.ModelStatus;
import dev.flyball.server.receipt.ReceiptObserver;
import dev.flyball.units.Energy;
import dev.flyball.units.Receipt;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
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
public final class ServerMetrics implements RequestObserver, GenerationObserver, ReceiptObserver {
  private static final String MODEL = "model_name";

  private final PrometheusMeterRegistry meters =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ModelRegistry models;
  private final Map<RequestKind, Timer> requests = new ConcurrentHashMap<>();
  private final Map<String, ModelMeters> byModel = new ConcurrentHashMap<>();
  private final Map<EnergyKind, Counter> energies = new ConcurrentHashMap<>();
  private final List<LoadGauge> loadGauges;

  /** Requests that are counted together. */
  private record RequestKind(String route, String method, int status) {}

  /** Energy that is counted together. */
  private record EnergyKind(String model, Energy.Method method) {}

  /** A gauge with one row for each loaded model. */
  private record LoadGauge(MultiGauge gauge, ToDoubleFunction<EngineLoad> value) {}

  public ServerMetrics(ModelRegistry models) {
    this.models = models;
    meters.getPrometheusRegistry().register(this::cacheConfig);
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
                ServerMetrics::cacheUsage),
            expertGauge(
                "flyball_experts_held",
                "Experts of a model on disk that memory has room for",
                ExpertCounters::heldAtMost),
            expertGauge(
                "flyball_expert_hits",
                "Experts that steps needed and found in memory",
                ExpertCounters::hits),
            expertGauge(
                "flyball_expert_misses",
                "Experts that steps needed and that were read",
                ExpertCounters::misses),
            expertGauge(
                "flyball_expert_read_bytes",
                "Bytes of experts read from the model's file",
                ExpertCounters::readBytes),
            expertGauge(
                "flyball_expert_wait_seconds",
                "Time that steps waited for experts to be read",
                counters -> counters.waitNanos() / 1e9));
  }

  @Override
  public void onRequestEnd(String route, String method, int status, Duration duration) {
    requests
        .computeIfAbsent(new RequestKind(route, method, status), this::requestTimer)
        .record(duration);
  }

  @Override
  public void onGenerationEnd(
      String model,
      String tenant,
      GenerationResult result,
      Duration timeToFirstToken,
      Duration total) {
    of(model).record(result, timeToFirstToken, total);
  }

  @Override
  public void onGenerationFailure(String model) {
    of(model).recordFailure();
  }

  @Override
  public void onTokens(String model, int tokens, long sinceLastNanos) {
    of(model).recordTokens(tokens, sinceLastNanos);
  }

  @Override
  public void onReceipt(Receipt receipt) {
    if (receipt.model().isPresent() && receipt.energy().isPresent()) {
      Energy energy = receipt.energy().get();
      energies
          .computeIfAbsent(
              new EnergyKind(receipt.model().get(), energy.method()), this::energyCounter)
          .increment(energy.joules());
    }
  }

  /** All values in Prometheus' text format. */
  public String scrape() {
    List<ModelStatus> loaded = loaded();
    for (LoadGauge loadGauge : loadGauges) {
      List<MultiGauge.Row<?>> rows = new ArrayList<>();
      for (ModelStatus status : loaded) {
        EngineLoad load = status.engine().orElseThrow().load();
        rows.add(MultiGauge.Row.of(tags(status.name()), loadGauge.value().applyAsDouble(load)));
      }
      loadGauge.gauge().register(rows, true);
    }
    return meters.scrape();
  }

  private List<ModelStatus> loaded() {
    return models.status().stream().filter(status -> status.engine().isPresent()).toList();
  }

  private LoadGauge loadGauge(String name, String description, ToDoubleFunction<EngineLoad> value) {
    return new LoadGauge(MultiGauge.builder(name).description(description).register(meters), value);
  }

  /** Zero where all of a model is in memory. */
  private LoadGauge expertGauge(
      String name, String description, ToDoubleFunction<ExpertCounters> value) {
    return loadGauge(
        name, description, load -> load.experts().map(value::applyAsDouble).orElse(0.0));
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

  /** A gauge of Micrometer's cannot have this name: it takes the end {@code _info} away. */
  private InfoSnapshot cacheConfig() {
    InfoSnapshot.Builder info =
        InfoSnapshot.builder()
            .name("vllm:cache_config")
            .help("The KV cache of a model, in its labels");
    for (ModelStatus status : loaded()) {
      info.dataPoint(
          InfoSnapshot.InfoDataPointSnapshot.builder().labels(cacheLabels(status)).build());
    }
    return info.build();
  }

  /** Those of vLLM's labels that say something here; blocks are in the usual storage. */
  private static Labels cacheLabels(ModelStatus status) {
    Engine engine = status.engine().orElseThrow();
    long blocks = engine.load().cacheTokensCapacity() / PagedKvCache.BLOCK_TOKENS;
    Labels.Builder labels = Labels.builder();
    tags(status.name()).forEach(tag -> labels.label(tag.getKey(), tag.getValue()));
    return labels
        .label("block_size", Integer.toString(PagedKvCache.BLOCK_TOKENS))
        .label("num_gpu_blocks", Long.toString(blocks))
        .label("cache_dtype", engine.cacheFor(CacheType.AUTOMATIC, 0).storage().type().label())
        .label("enable_prefix_caching", "True")
        .build();
  }

  private ModelMeters of(String model) {
    ModelMeters known = byModel.get(model);
    return known != null
        ? known
        : byModel.computeIfAbsent(model, name -> new ModelMeters(meters, tags(name)));
  }

  private Counter energyCounter(EnergyKind kind) {
    return Counter.builder("flyball_energy_joules")
        .description("Energy that requests took; by how it is known")
        .tags(tags(kind.model()).and("method", kind.method().name().toLowerCase(Locale.ROOT)))
        .register(meters);
  }

  /** vLLM's: the model, and which of its engines; here each model has one. */
  private static Tags tags(String model) {
    return Tags.of(MODEL, model, "engine", "0");
  }
}
