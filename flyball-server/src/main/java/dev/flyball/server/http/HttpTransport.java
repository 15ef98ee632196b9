package dev.flyball.server.http;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** The listening server: event loops over native epoll where the machine has it, else NIO. */
public final class HttpTransport implements AutoCloseable {
  /** More event loops than these would take processors from the engines without need. */
  private static final int MAX_EVENT_LOOPS = 4;

  private static final long START_SECONDS = 30;
  private static final long CLOSE_SECONDS = 10;

  private final Vertx vertx;
  private final int port;

  private HttpTransport(Vertx vertx, int port) {
    this.vertx = vertx;
    this.port = port;
  }

  /**
   * Begins to listen.
   *
   * @param port 0: any that is free
   * @throws IOException where the address cannot be listened on
   */
  public static HttpTransport start(String host, int port, HttpService service) throws IOException {
    int eventLoops = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, MAX_EVENT_LOOPS);
    Vertx vertx = Vertx.vertx(options(eventLoops));
    try {
      AtomicInteger openConnections = new AtomicInteger();
      AtomicInteger boundPort = new AtomicInteger(port);
      SocketAddress address =
          port == 0
              ? SocketAddress.sharedRandomPort(1, host)
              : SocketAddress.inetSocketAddress(port, host);
      await(
          vertx.deployVerticle(
              () -> new HttpVerticle(service, address, openConnections, boundPort::set),
              new DeploymentOptions().setInstances(eventLoops)),
          START_SECONDS);
      return new HttpTransport(vertx, boundPort.get());
    } catch (IOException | RuntimeException e) {
      vertx.close();
      throw e;
    }
  }

  /** The port that is listened on. */
  public int port() {
    return port;
  }

  /** Whether sockets are served by native epoll. */
  public boolean isNative() {
    return vertx.isNativeTransportEnabled();
  }

  /** Closes every connection and ends the event loops. */
  @Override
  public void close() throws IOException {
    await(vertx.close(), CLOSE_SECONDS);
  }

  private static VertxOptions options(int eventLoops) {
    return new VertxOptions()
        .setPreferNativeTransport(true)
        .setEventLoopPoolSize(eventLoops)
        .setWorkerPoolSize(1)
        .setInternalBlockingPoolSize(1)
        .setFileSystemOptions(
            new FileSystemOptions()
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false));
  }

  private static void await(Future<?> future, long seconds) throws IOException {
    try {
      future.toCompletionStage().toCompletableFuture().get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw new IOException(cause == null ? "unknown" : cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new IOException("the transport took longer than " + seconds + " seconds", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
