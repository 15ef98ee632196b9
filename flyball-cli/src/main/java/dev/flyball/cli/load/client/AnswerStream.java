package dev.flyball.cli.load.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.LongConsumer;

/** Follows a streamed answer to its end and notes when what came. For one answer and thread. */
final class AnswerStream {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DONE = "[DONE]";

  private final ApiStyle api;
  private final LongConsumer gapsNanos;
  private long firstNanos;
  private long lastNanos;
  private long events;
  private Optional<TokenCounts> usage = Optional.empty();
  private Optional<Failure> failure = Optional.empty();

  /**
   * A stream.
   *
   * @param gapsNanos gets the time between each output and the one before it
   */
  AnswerStream(ApiStyle api, LongConsumer gapsNanos) {
    this.api = api;
    this.gapsNanos = gapsNanos;
  }

  /** Reads all events. A stream that does not end with {@code [DONE]} was cut. */
  void read(InputStream body) throws IOException {
    EventLines lines = new EventLines(body);
    boolean done = false;
    Optional<String> data = lines.nextData();
    while (data.isPresent() && !done && failure.isEmpty()) {
      done = data.get().strip().equals(DONE);
      if (!done) {
        accept(data.get());
        data = lines.nextData();
      }
    }
    if (!done && failure.isEmpty()) {
      failure = Optional.of(Failure.of(FailureKind.CUT, "the stream ends without [DONE]"));
    }
  }

  private void accept(String data) {
    long now = System.nanoTime();
    JsonNode event;
    try {
      event = JSON.readTree(data);
    } catch (JsonProcessingException malformed) {
      failure = Optional.of(Failure.of(FailureKind.STREAM_ERROR, "an event is no JSON: " + data));
      return;
    }
    if (event.hasNonNull("error")) {
      failure =
          Optional.of(Failure.of(FailureKind.STREAM_ERROR, ErrorBody.message(event.path("error"))));
      return;
    }
    for (JsonNode choice : event.path("choices")) {
      if (api.hasOutput(choice)) {
        noteOutput(now);
      }
    }
    usage = TokenCounts.of(event.path("usage")).or(() -> usage);
  }

  private void noteOutput(long now) {
    if (events == 0) {
      firstNanos = now;
    } else {
      gapsNanos.accept(now - lastNanos);
    }
    lastNanos = now;
    events++;
  }

  Optional<Failure> failure() {
    return failure;
  }

  /** What has come so far, with the failure that ended it. */
  Answer answer(Optional<Failure> ending) {
    long end = System.nanoTime();
    return new Answer(
        events == 0 ? end : firstNanos, events == 0 ? end : lastNanos, end, events, usage, ending);
  }
}
