package dev.flyball.cli.load.drive;

import dev.flyball.cli.load.client.MetricsPage;
import dev.flyball.cli.load.client.ServerMetricsReader;
import dev.flyball.cli.load.measure.ServerSample;
import dev.flyball.cli.load.measure.TokenAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Looks at the server's metrics during a run, on a thread of its own. Keeps at most {@value
 * #MAX_SAMPLES} samples: where they do not suffice every second one goes, and the next ones are
 * taken half as often.
 */
final class ServerWatch implements AutoCloseable {
  static final int MAX_SAMPLES = 720;
  private static final int ACCOUNT_TRIES = 50;

  /** Where requests failed, both sides seldom agree. */
  private static final int ACCOUNT_TRIES_IN_VAIN = 5;

  private static final Duration ACCOUNT_PAUSE = Duration.ofMillis(100);

  private final ServerMetricsReader metrics;
  private final OptionalLong pid;
  private final long startNanos;
  private final Optional<Counters> before;
  private final List<ServerSample> samples = new ArrayList<>();
  private final Thread thread;
  private long intervalNanos;

  /** What a server has counted since it began. */
  private record Counters(long promptTokens, long outputTokens) {}

  ServerWatch(
      ServerMetricsReader metrics,
      Optional<MetricsPage> before,
      RunSettings settings,
      long startNanos) {
    this.metrics = metrics;
    this.pid = settings.serverPid();
    this.startNanos = startNanos;
    this.intervalNanos = settings.sampleInterval().toNanos();
    this.before = before.map(ServerWatch::counters);
    this.thread =
        Thread.ofPlatform().daemon().name("flyball-load-metrics").start(this::sampleUntilStopped);
  }

  private static Counters counters(MetricsPage page) {
    OptionalDouble prompt = page.value("vllm:prompt_tokens_total", "llamacpp:prompt_tokens_total");
    OptionalDouble output =
        page.value("vllm:generation_tokens_total", "llamacpp:tokens_predicted_total");
    return new Counters((long) prompt.orElse(0), (long) output.orElse(0));
  }

  private void sampleUntilStopped() {
    boolean answers = before.isPresent() || pid.isPresent();
    while (answers && !Thread.currentThread().isInterrupted()) {
      Map<String, Double> values = values();
      if (!values.isEmpty()) {
        add(new ServerSample((System.nanoTime() - startNanos) / 1e9, values));
      }
      try {
        Thread.sleep(Duration.ofNanos(intervalNanos));
      } catch (InterruptedException stopped) {
        return;
      }
    }
  }

  private Map<String, Double> values() {
    Map<String, Double> values = new LinkedHashMap<>();
    Optional<MetricsPage> page = before.isPresent() ? metrics.read() : Optional.empty();
    page.ifPresent(
        found -> {
          put(values, "running", found.value("vllm:num_requests_running"));
          put(values, "waiting", found.value("vllm:num_requests_waiting"));
          put(
              values,
              "kv_usage",
              found.value("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"));
          put(values, "resident_bytes", found.value("process_resident_memory_bytes"));
          put(values, "jvm_used_bytes", found.value("jvm_memory_used_bytes"));
        });
    if (pid.isPresent()) {
      put(values, "resident_bytes", residentBytes(pid.getAsLong()));
    }
    return values;
  }

  private static void put(Map<String, Double> values, String name, OptionalDouble value) {
    value.ifPresent(number -> values.put(name, number));
  }

  /** Resident memory as Linux tells it. */
  private static OptionalDouble residentBytes(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToDouble(line -> 1024.0 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst();
    } catch (IOException | NumberFormatException unknown) {
      return OptionalDouble.empty();
    }
  }

  private synchronized void add(ServerSample sample) {
    if (samples.size() == MAX_SAMPLES) {
      List<ServerSample> half = new ArrayList<>();
      for (int i = 0; i < samples.size(); i += 2) {
        half.add(samples.get(i));
      }
      samples.clear();
      samples.addAll(half);
      intervalNanos *= 2;
    }
    samples.add(sample);
  }

  synchronized List<ServerSample> samples() {
    return List.copyOf(samples);
  }

  /**
   * Lays the client's tokens beside the server's. Since a server may count an answer a little after
   * its end, it is asked for some seconds until both agree.
   */
  TokenAccount account(Supplier<TokenAccount> client) {
    TokenAccount account = client.get();
    int tries = account.requestsWithoutUsage() == 0 ? ACCOUNT_TRIES : ACCOUNT_TRIES_IN_VAIN;
    for (int attempt = 0; attempt < tries && before.isPresent(); attempt++) {
      if (!paused()) {
        return account;
      }
      account = compared(client.get());
      if (account.exact()) {
        return account;
      }
    }
    return account;
  }

  private static boolean paused() {
    try {
      Thread.sleep(ACCOUNT_PAUSE);
      return true;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private TokenAccount compared(TokenAccount client) {
    Optional<Counters> now = metrics.read().map(ServerWatch::counters);
    if (now.isEmpty() || now.get().equals(new Counters(0, 0))) {
      return client;
    }
    long prompt = now.get().promptTokens() - before.orElseThrow().promptTokens();
    long output = now.get().outputTokens() - before.orElseThrow().outputTokens();
    return new TokenAccount(
        true,
        client.clientPromptTokens(),
        prompt,
        client.clientOutputTokens(),
        output,
        client.requestsWithoutUsage(),
        prompt == client.clientPromptTokens() && output == client.clientOutputTokens());
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
