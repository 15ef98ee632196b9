package dev.flyball.server.http;

import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import io.vertx.core.http.HttpConnection;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one event loop, to which it is confined. Closes those that hold the server up:
 * one too many, one that sends no request, a request that never ends, a response that nobody reads.
 */
final class ClientConnections {
  private static final System.Logger LOG = System.getLogger(ClientConnections.class.getName());

  static final long SWEEP_MILLIS = 500;
  private static final long LATE_NANOS = 2 * SWEEP_MILLIS * 1_000_000;

  private final HttpLimits limits;
  private final AtomicInteger open;
  private final Map<HttpConnection, State> states = new HashMap<>();

  private long lastSweepNanos = System.nanoTime();
  private boolean passedOver;

  /** What a connection is busy with. */
  private static final class State {
    @Nullable Exchange exchange;
    long idleSinceNanos = System.nanoTime();
  }

  /**
   * No connections.
   *
   * @param open counts the connections of all event loops
   */
  ClientConnections(HttpLimits limits, AtomicInteger open) {
    this.limits = limits;
    this.open = open;
  }

  void opened(HttpConnection connection) {
    if (open.incrementAndGet() > limits.maxConnections()) {
      open.decrementAndGet();
      LOG.log(
          System.Logger.Level.WARNING,
          "a connection was closed: there are {0} already",
          Integer.toString(limits.maxConnections()));
      connection.close();
      return;
    }
    states.put(connection, new State());
    connection.closeHandler(closed -> closed(connection));
  }

  void begin(Exchange exchange) {
    State state = states.get(exchange.request().connection());
    if (state != null) {
      state.exchange = exchange;
    }
  }

  void end(Exchange exchange) {
    State state = states.get(exchange.request().connection());
    if (state != null && state.exchange == exchange) { // not where the next was pipelined
      state.exchange = null;
      state.idleSinceNanos = System.nanoTime();
    }
  }

  /**
   * Looks for connections that took too long; to be called every {@link #SWEEP_MILLIS}. A call that
   * comes late closes nothing, since the event loop, or the whole machine, has stood still: what
   * clients sent meanwhile is read before the next call. Not two in a row, so that a server that is
   * always late does not keep them for ever.
   */
  void sweep() {
    long nowNanos = System.nanoTime();
    boolean late = nowNanos - lastSweepNanos > LATE_NANOS;
    lastSweepNanos = nowNanos;
    passedOver = late && !passedOver;
    if (!passedOver) {
      closeThoseThatTookTooLong();
    }
  }

  private void closeThoseThatTookTooLong() {
    for (Map.Entry<HttpConnection, State> entry : List.copyOf(states.entrySet())) {
      Exchange exchange = entry.getValue().exchange;
      if (exchange != null) {
        sweepBusy(exchange);
      } else if (isOver(
          System.nanoTime() - entry.getValue().idleSinceNanos, limits.idleTimeout())) {
        entry.getKey().close();
      }
    }
  }

  private void sweepBusy(Exchange exchange) {
    switch (exchange.phase()) {
      case BODY -> {
        if (isOver(exchange.phaseNanos(), limits.bodyTimeout())) {
          exchange.abort(
              new ServerException(
                  ServerError.BODY_TIMEOUT,
                  "the body did not arrive within "
                      + limits.bodyTimeout().toSeconds()
                      + " seconds"));
        }
      }
      case SENDING -> {
        if (isOver(exchange.phaseNanos(), limits.writeTimeout())) {
          exchange.cut();
        }
      }
      case WORK -> exchange.keepStreamAlive();
      case OVER -> {}
    }
  }

  private void closed(HttpConnection connection) {
    if (states.remove(connection) != null) {
      open.decrementAndGet();
    }
  }

  private static boolean isOver(long nanos, Duration limit) {
    return nanos > limit.toNanos();
  }
}
