package dev.flyball.server.http;

import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response. Confined to its event loop: other threads use nothing but {@link
 * #execute} and {@link #requestId}.
 */
public final class Exchange {
  private static final System.Logger LOG = System.getLogger(Exchange.class.getName());
  private static final String JSON = "application/json";
  private static final long LINGER_MILLIS = 500;

  private final String idDigits =
      HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final Context context;
  private final HttpLimits limits;
  private final Consumer<Exchange> onOver;
  private final long startNanos = System.nanoTime();

  private String requestId = "req_" + idDigits;
  private String route = "unknown";
  private String parameter = "";
  private byte[] body = new byte[0];
  private @Nullable Runnable closeHandler;
  private Consumer<ServerException> failureHandler = failure -> {};
  private Optional<String> caller = Optional.empty();
  private @Nullable EventStream stream;
  private Phase phase = Phase.BODY;
  private long phaseSinceNanos = startNanos;

  /** How far an exchange is. */
  enum Phase {
    /** The body is being read. */
    BODY,
    /** The server works on the answer. */
    WORK,
    /** The answer is complete and on its way to the client. */
    SENDING,
    /** The client has the answer, or is gone. */
    OVER
  }

  Exchange(
      HttpServerRequest request, Context context, HttpLimits limits, Consumer<Exchange> onOver) {
    this.request = request;
    this.response = request.response();
    this.context = context;
    this.limits = limits;
    this.onOver = onOver;
    response.putHeader("x-request-id", requestId);
    response.closeHandler(closed -> clientGone());
    response.exceptionHandler(failure -> clientGone());
  }

  /**
   * Names the request in logs, its answer and its receipt; the client finds it in {@code
   * x-request-id}.
   */
  public String requestId() {
    return requestId;
  }

  /** Who calls, by the API key; nothing where there are no keys. */
  public Optional<String> caller() {
    return caller;
  }

  /** A header of the request; the first where there are several. */
  public Optional<String> requestHeader(String name) {
    return Optional.ofNullable(request.getHeader(name));
  }

  /** A parameter of the URL's query, decoded; the first where there are several. */
  public Optional<String> queryParameter(String name) {
    return Optional.ofNullable(request.getParam(name));
  }

  /** The rest of the path, where the route has a parameter; percent-encoding decoded. */
  public String parameter() {
    return parameter;
  }

  /** The time since the request's head arrived. */
  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  /** The whole body; not to be changed. */
  public byte[] body() {
    return body;
  }

  /** Whether nothing more can be sent: answered, or the client is gone. */
  public boolean isOver() {
    return phase == Phase.SENDING || phase == Phase.OVER;
  }

  /**
   * Runs a task on this exchange's event loop; may be called from any thread. What the task throws
   * becomes an error response.
   */
  public void execute(Runnable task) {
    context.runOnContext(ignored -> guard(task));
  }

  /**
   * Sets what is to be done when the response can no longer be finished, because the client went
   * away, reads too slowly, or the server stops. Runs at most once, and at once where that has
   * happened already.
   */
  public void onClose(Runnable handler) {
    if (phase == Phase.OVER) {
      handler.run();
    } else {
      closeHandler = handler;
    }
  }

  /** Sets what is told of every failure that this request is to be answered with. */
  public void onFailure(Consumer<ServerException> handler) {
    failureHandler = handler;
  }

  /** Sends a JSON document. */
  public void json(int status, byte[] document) {
    send(status, JSON, document);
  }

  /** Sends a whole response. Does nothing where one was sent or the client is gone. */
  public void send(int status, String contentType, byte[] content) {
    if (isOver()) {
      return;
    }
    enter(Phase.SENDING);
    closeHandler = null;
    response.setStatusCode(status);
    if (content.length > 0) {
      response.putHeader("content-type", contentType);
    }
    if (hasUnreadBody()) {
      closeAfterAnswer();
    }
    if (request.method().equals(HttpMethod.HEAD)) {
      response.putHeader("content-length", Integer.toString(content.length));
      endWith(response.end());
    } else {
      endWith(response.end(Buffer.buffer(content)));
    }
  }

  /** Sends an error: as a response, or as the last event where a stream has begun. */
  public void fail(ServerException failure) {
    ServerError error = failure.error();
    log(failure);
    failureHandler.accept(failure);
    String message =
        error == ServerError.INTERNAL
            ? "the server failed; its log says more under " + requestId
            : failure.clientMessage();
    byte[] document = ErrorBody.of(error, message, failure.field());
    if (stream != null && response.headWritten()) {
      stream.fail(document);
      return;
    }
    failure
        .retryAfter()
        .ifPresent(wait -> header("retry-after", Long.toString(Math.max(1, wait.toSeconds()))));
    response.setChunked(false);
    json(error.status(), document);
  }

  private void log(ServerException failure) {
    if (failure.error() == ServerError.INTERNAL) {
      LOG.log(System.Logger.Level.ERROR, requestId + " failed", failure);
    } else if (failure.error().status() >= 500) {
      LOG.log(System.Logger.Level.WARNING, "{0}: {1}", requestId, failure.clientMessage());
    }
  }

  /** Adds a header to a response that has not begun. */
  public void header(String name, String value) {
    if (!response.headWritten() && !isOver()) {
      response.putHeader(name, value);
    }
  }

  /** Begins a response of server-sent events. */
  public EventStream eventStream() {
    EventStream opened = new EventStream(this, response, limits.maxUnsentBytes());
    stream = opened;
    return opened;
  }

  /** Shows those who wait for a stream that it is not dead, where it has been silent for long. */
  void keepStreamAlive() {
    if (stream != null) {
      stream.keepAlive(limits.streamKeepAlive());
    }
  }

  /** Stops the work on this request and answers with an error. */
  void abort(ServerException reason) {
    runCloseHandler();
    fail(reason);
  }

  /** Stops the work on this request and cuts the connection. */
  void cut() {
    runCloseHandler();
    request.connection().close();
    finish();
  }

  void streamEnded(Future<Void> sent) {
    enter(Phase.SENDING);
    closeHandler = null;
    endWith(sent);
  }

  void guard(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      runCloseHandler();
      fail(ServerException.from(e));
    }
  }

  /**
   * Notes where the request goes.
   *
   * @param idPrefix what ids of the route's answers begin with
   */
  void routed(String routePath, String routeParameter, String idPrefix) {
    route = routePath;
    parameter = routeParameter;
    requestId = idPrefix + idDigits;
    header("x-request-id", requestId);
  }

  void calledBy(Optional<String> name) {
    caller = name;
  }

  void bodyRead(byte[] bytes) {
    body = bytes;
    enter(Phase.WORK);
  }

  /** Whether this answer comes before its request was read to the end. */
  private boolean hasUnreadBody() {
    String length = request.getHeader("content-length");
    boolean hasBody =
        request.getHeader("transfer-encoding") != null || (length != null && !length.equals("0"));
    return hasBody && !request.isEnded();
  }

  HttpServerRequest request() {
    return request;
  }

  Phase phase() {
    return phase;
  }

  /** How long the exchange has been in its phase. */
  long phaseNanos() {
    return System.nanoTime() - phaseSinceNanos;
  }

  String route() {
    return route;
  }

  /** The status sent; 499 where the client went away before there was one. */
  int status() {
    return response.headWritten() ? response.getStatusCode() : 499;
  }

  /**
   * The rest of the body is thrown away for a while, so that the client, still sending, gets to
   * read the answer before the connection is closed.
   */
  private void closeAfterAnswer() {
    response.putHeader("connection", "close");
    request.handler(chunk -> {});
    context.owner().setTimer(LINGER_MILLIS, timer -> request.connection().close());
  }

  private void endWith(Future<Void> sent) {
    sent.onComplete(result -> finish());
  }

  private void clientGone() {
    runCloseHandler();
    finish();
  }

  private void runCloseHandler() {
    Runnable handler = closeHandler;
    closeHandler = null;
    if (handler != null) {
      handler.run();
    }
  }

  private void finish() {
    if (phase != Phase.OVER) {
      enter(Phase.OVER);
      onOver.accept(this);
    }
  }

  private void enter(Phase next) {
    phase = next;
    phaseSinceNanos = System.nanoTime();
  }
}
