package dev.flyball.cli.load.client;

import dev.flyball.cli.console.CommandFailure;
import java.util.Optional;

/** Reads {@code /metrics} of the server under load. Thread-safe. */
public final class ServerMetricsReader {
  private final PlainCalls calls;

  public ServerMetricsReader(StreamClient client) {
    this.calls = client.plainCalls();
  }

  /** The page; nothing where the server has none or does not answer. */
  public Optional<MetricsPage> read() {
    try {
      PlainCalls.Reply reply = calls.get("/metrics");
      return reply.ok() ? Optional.of(MetricsPage.parse(reply.body())) : Optional.empty();
    } catch (CommandFailure unreachable) {
      return Optional.empty();
    }
  }
}
