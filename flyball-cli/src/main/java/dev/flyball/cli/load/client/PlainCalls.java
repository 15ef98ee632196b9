package dev.flyball.cli.load.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.flyball.cli.console.CommandFailure;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** Calls whose answers are whole: before the load, and beside it. */
final class PlainCalls {
  /** A first call may load a model. */
  private static final Duration POST_TIMEOUT = Duration.ofMinutes(5);

  private static final Duration GET_TIMEOUT = Duration.ofSeconds(10);

  private static final int MAX_BYTES = 16 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TargetServer target;
  private final HttpClient client;
  private final ScheduledThreadPoolExecutor timer;

  PlainCalls(TargetServer target, HttpClient client, ScheduledThreadPoolExecutor timer) {
    this.target = target;
    this.client = client;
    this.timer = timer;
  }

  /** A whole answer. */
  record Reply(int status, String body) {
    boolean ok() {
      return status == 200;
    }

    /** The body as JSON; a missing node where it is none. */
    JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException noJson) {
        return JSON.missingNode();
      }
    }

    String errorMessage() {
      JsonNode error = json().path("error");
      return error.isMissingNode() ? body : ErrorBody.message(error);
    }
  }

  Reply get(String path) {
    return send(target.request(path).GET().build(), GET_TIMEOUT);
  }

  Reply post(String path, byte[] body) {
    return send(
        target
            .request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build(),
        POST_TIMEOUT);
  }

  private Reply send(HttpRequest request, Duration timeout) {
    TimeLimit limit = new TimeLimit(timer, timeout.toNanos());
    try (limit) {
      HttpResponse<InputStream> response =
          client.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        byte[] bytes = body.readNBytes(MAX_BYTES);
        return new Reply(response.statusCode(), new String(bytes, StandardCharsets.UTF_8));
      }
    } catch (IOException failure) {
      throw failure(request, failure, limit);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw failure(request, interrupted, limit);
    }
  }

  private static CommandFailure failure(HttpRequest request, Exception cause, TimeLimit limit) {
    if (limit.struck()) {
      boolean _ = Thread.interrupted(); // it was ours
      return new CommandFailure(request.uri() + " does not answer in time", cause);
    }
    return cause instanceof InterruptedException
        ? new CommandFailure("interrupted", cause)
        : new CommandFailure(
            "no answer from " + request.uri() + ": " + cause + "; is the server running?", cause);
  }
}
