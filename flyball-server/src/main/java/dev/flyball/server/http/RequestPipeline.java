package dev.flyball.server.http;

import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * The way of every request through the transport: origin, route, permission, a place among the
 * active requests, the body, the endpoint; and at its end the access log. One for each event loop.
 */
final class RequestPipeline {
  private static final System.Logger ACCESS = System.getLogger("dev.flyball.server.access");

  private final HttpService service;
  private final Context context;
  private final ClientConnections connections;

  RequestPipeline(HttpService service, Context context, ClientConnections connections) {
    this.service = service;
    this.context = context;
    this.connections = connections;
  }

  void handle(HttpServerRequest request) {
    Exchange exchange = new Exchange(request, context, service.limits(), this::over);
    connections.begin(exchange);
    exchange.guard(() -> accept(exchange));
  }

  /** Answers what was no HTTP request, and closes its connection. */
  void handleInvalid(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    ServerError error =
        switch (cause) {
          case TooLongHttpLineException line -> ServerError.URI_TOO_LONG;
          case TooLongHttpHeaderException header -> ServerError.HEADERS_TOO_LARGE;
          case null, default -> ServerError.MALFORMED_REQUEST;
        };
    String message =
        switch (error) {
          case URI_TOO_LONG ->
              "the request line may have at most " + service.limits().maxUriBytes() + " bytes";
          case HEADERS_TOO_LARGE ->
              "the headers may have at most " + service.limits().maxHeaderBytes() + " bytes";
          default -> "this is no HTTP/1.1 request";
        };
    request
        .response()
        .setStatusCode(error.status())
        .putHeader("content-type", "application/json")
        .putHeader("connection", "close")
        .end(Buffer.buffer(ErrorBody.of(error, message, Optional.empty())))
        .onComplete(sent -> request.connection().close());
    service.observer().onRequestEnd("unknown", "unknown", error.status(), Duration.ZERO);
  }

  private void accept(Exchange exchange) {
    HttpServerRequest request = exchange.request();
    String method = request.method().name();
    allowOrigin(exchange);
    Router.Match match = service.router().match(method, path(request));
    boolean preflight = method.equals("OPTIONS");
    exchange.calledBy(
        service.access().check(request, preflight ? Route.Access.OPEN : access(match)));
    switch (match) {
      case Router.Match.Found found -> serve(exchange, found);
      case Router.Match.WrongMethod wrong -> {
        exchange.routed(wrong.route().path(), "", wrong.route().idPrefix());
        exchange.header("allow", wrong.allowed());
        if (preflight) {
          answerOptions(exchange, wrong.allowed());
        } else {
          throw new ServerException(
              ServerError.METHOD_NOT_ALLOWED,
              "%s does not take %s; it takes %s"
                  .formatted(wrong.route().path(), method, wrong.allowed()));
        }
      }
      case Router.Match.Unknown unknown ->
          throw new ServerException(
              ServerError.UNKNOWN_PATH, "there is nothing at this path: " + path(request));
    }
  }

  private void serve(Exchange exchange, Router.Match.Found found) {
    Route route = found.route();
    exchange.routed(route.path(), decoded(found.parameter()), route.idPrefix());
    if (route.method().equals("POST")) {
      service.active().enter(exchange);
      BodyReader.read(
          exchange, service.limits().maxBodyBytes(), () -> route.endpoint().handle(exchange));
    } else {
      exchange.bodyRead(new byte[0]);
      route.endpoint().handle(exchange);
    }
  }

  private void allowOrigin(Exchange exchange) {
    String origin = exchange.request().getHeader("origin");
    if (origin != null && service.access().allowsOrigin(origin)) {
      exchange.header("access-control-allow-origin", origin);
      exchange.header("access-control-expose-headers", "x-request-id, retry-after");
      exchange.header("vary", "origin");
    }
  }

  private void answerOptions(Exchange exchange, String allowed) {
    String origin = exchange.request().getHeader("origin");
    if (origin != null && service.access().allowsOrigin(origin)) {
      exchange.header("access-control-allow-methods", allowed);
      exchange
          .requestHeader("access-control-request-headers")
          .ifPresent(names -> exchange.header("access-control-allow-headers", names));
      exchange.header("access-control-max-age", "600");
    }
    exchange.send(204, "", new byte[0]);
  }

  private void over(Exchange exchange) {
    service.active().leave(exchange);
    connections.end(exchange);
    HttpServerRequest request = exchange.request();
    service
        .observer()
        .onRequestEnd(
            exchange.route(), request.method().name(), exchange.status(), exchange.elapsed());
    System.Logger.Level level =
        service.accessLog() ? System.Logger.Level.INFO : System.Logger.Level.DEBUG;
    if (ACCESS.isLoggable(level)) {
      ACCESS.log(
          level,
          "{0} {1} {2} {3} {4} {5} ms",
          request.remoteAddress(),
          exchange.requestId(),
          request.method(),
          path(request),
          exchange.status(),
          exchange.elapsed().toMillis());
    }
  }

  private static Route.Access access(Router.Match match) {
    return switch (match) {
      case Router.Match.Found found -> found.route().access();
      case Router.Match.WrongMethod wrong -> Route.Access.CALLERS;
      case Router.Match.Unknown unknown -> Route.Access.CALLERS;
    };
  }

  private static String path(HttpServerRequest request) {
    String path = request.path();
    return path == null ? "" : path;
  }

  private static String decoded(String parameter) {
    try {
      return URLDecoder.decode(parameter.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new ServerException(
          ServerError.MALFORMED_REQUEST, "the path has a malformed percent-encoding");
    }
  }
}
