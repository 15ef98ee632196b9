package dev.flyball.server;

import dev.flyball.server.generate.Worker;
import dev.flyball.server.http.ActiveRequests;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.json.JsonText;
import dev.flyball.server.metrics.ServerMetrics;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/** {@code GET /health} and {@code GET /metrics}. */
final class StatusEndpoints {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final ActiveRequests active;
  private final BooleanSupplier loading;
  private final ServerMetrics metrics;
  private final Worker worker;

  StatusEndpoints(
      ActiveRequests active, BooleanSupplier loading, ServerMetrics metrics, Worker worker) {
    this.active = active;
    this.loading = loading;
    this.metrics = metrics;
    this.worker = worker;
  }

  /** 200 {@code ok}, or 503 {@code loading} or {@code stopping}. */
  void health(Exchange exchange) {
    String status = active.isStopping() ? "stopping" : loading.getAsBoolean() ? "loading" : "ok";
    exchange.json(
        status.equals("ok") ? 200 : 503,
        JsonText.object(json -> json.writeStringField("status", status)));
  }

  void metrics(Exchange exchange) {
    worker.compute(
        exchange,
        () -> metrics.scrape().getBytes(StandardCharsets.UTF_8),
        text -> exchange.send(200, PROMETHEUS, text));
  }
}
