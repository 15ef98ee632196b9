package dev.flyball.cli.load.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/** Sends requests and follows their streamed answers. Thread-safe; its calls block. */
public final class StreamClient implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

  /**
   * How long the JDK's client keeps an idle connection, in seconds. Usual servers close theirs
   * after 5, and a request on a connection that is being closed fails.
   */
  private static final String KEEP_ALIVE_PROPERTY = "jdk.httpclient.keepalive.timeout";

  private static final String KEEP_ALIVE_SECONDS = "4";

  private final TargetServer target;
  private final Duration timeout;
  private final HttpClient client;
  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1, Thread.ofPlatform().daemon().name("flyball-load-timer").factory());

  /**
   * A client.
   *
   * @param timeout for a whole request
   */
  public StreamClient(TargetServer target, Duration timeout) {
    if (System.getProperty(KEEP_ALIVE_PROPERTY) == null) {
      System.setProperty(KEEP_ALIVE_PROPERTY, KEEP_ALIVE_SECONDS);
    }
    this.target = target;
    this.timeout = timeout;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
    timer.setRemoveOnCancelPolicy(true);
  }

  /**
   * Sends a request and waits for the end of its answer. An interruption of the thread ends it as
   * cancelled.
   *
   * @param gapsNanos gets the time between each output of the answer and the one before it
   */
  public Answer ask(byte[] streamedBody, LongConsumer gapsNanos) {
    HttpRequest request =
        target
            .request(target.api().path())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(streamedBody))
            .build();
    AnswerStream stream = new AnswerStream(target.api(), gapsNanos);
    try (TimeLimit limit = new TimeLimit(timer, timeout.toNanos())) {
      return ask(request, stream, limit);
    }
  }

  private Answer ask(HttpRequest request, AnswerStream stream, TimeLimit limit) {
    try {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != 200) {
          return Answer.failed(refusal(response, body));
        }
        stream.read(body);
      }
      return stream.answer(stream.failure());
    } catch (ConnectException | HttpConnectTimeoutException | UnresolvedAddressException failure) {
      return stream.answer(Optional.of(Failure.of(FailureKind.CONNECT, failure.toString())));
    } catch (IOException failure) {
      return stream.answer(Optional.of(broken(failure, limit)));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return stream.answer(Optional.of(broken(interrupted, limit)));
    }
  }

  private Failure broken(Exception failure, TimeLimit limit) {
    if (limit.struck()) {
      return Failure.of(FailureKind.TIMEOUT, "no whole answer within " + timeout);
    }
    return Thread.currentThread().isInterrupted()
        ? Failure.of(FailureKind.CANCELLED, "cancelled")
        : Failure.of(FailureKind.CUT, failure.toString());
  }

  private static Failure refusal(HttpResponse<?> response, InputStream body) throws IOException {
    int status = response.statusCode();
    FailureKind kind =
        status == 429
            ? FailureKind.RATE_LIMITED
            : status >= 500 ? FailureKind.SERVER_ERROR : FailureKind.REFUSED;
    OptionalLong retryAfter =
        response.headers().firstValue("retry-after").stream()
            .filter(text -> SECONDS.matcher(text).matches())
            .mapToLong(Long::parseLong)
            .findFirst();
    return new Failure(kind, "status " + status + ": " + ErrorBody.read(body), retryAfter);
  }

  /** For the plain calls beside the load: bounded in time and size. */
  PlainCalls plainCalls() {
    return new PlainCalls(target, client, timer);
  }

  /** Cuts the connections that are still open. */
  @Override
  public void close() {
    timer.shutdownNow();
    client.shutdownNow();
  }
}
