package dev.flyball.server.http;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerConfig;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** One event loop's share of the server; all listen on the same port. */
final class HttpVerticle extends VerticleBase {
  private static final int ACCEPT_BACKLOG = 1024;

  private final HttpService service;
  private final SocketAddress address;
  private final AtomicInteger openConnections;
  private final IntConsumer onListening;

  HttpVerticle(
      HttpService service,
      SocketAddress address,
      AtomicInteger openConnections,
      IntConsumer onListening) {
    this.service = service;
    this.address = address;
    this.openConnections = openConnections;
    this.onListening = onListening;
  }

  @Override
  public Future<?> start() {
    ClientConnections connections = new ClientConnections(service.limits(), openConnections);
    RequestPipeline pipeline = new RequestPipeline(service, context, connections);
    vertx.setPeriodic(ClientConnections.SWEEP_MILLIS, timer -> connections.sweep());
    HttpServer server =
        vertx
            .createHttpServer(serverConfig())
            .connectionHandler(connections::opened)
            .requestHandler(pipeline::handle)
            .invalidRequestHandler(pipeline::handleInvalid);
    return server.listen(address).onSuccess(bound -> onListening.accept(bound.actualPort()));
  }

  private HttpServerConfig serverConfig() {
    HttpServerConfig config = new HttpServerConfig();
    config.setVersions(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1);
    config.setHttp1Config(
        new Http1ServerConfig()
            .setMaxInitialLineLength(service.limits().maxUriBytes())
            .setMaxHeaderSize(service.limits().maxHeaderBytes()));
    config.getTcpConfig().setAcceptBacklog(ACCEPT_BACKLOG);
    config.getTcpConfig().getTransportConfig().setSoKeepAlive(true);
    return config;
  }
}
