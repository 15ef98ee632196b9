package dev.flyball.server.generate;

import dev.flyball.engine.EngineException;
import dev.flyball.engine.FinishReason;
import dev.flyball.engine.Generation;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.GenerationRequest;
import dev.flyball.engine.GenerationResult;
import dev.flyball.engine.Submission;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.http.Exchange;
import dev.flyball.server.models.ModelLease;
import dev.flyball.server.receipt.RequestRecord;
import dev.flyball.units.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * The running choices of one request: all are accepted or none runs; when the client goes away, or
 * one fails, all are cancelled; when all have ended, the model is given back.
 *
 * <p>Confined to the exchange's event loop. Since submitting happens there in one go, no event of a
 * choice can come before all are accepted.
 */
public final class GenerationGroup {
  private final Exchange exchange;
  private final ModelLease lease;
  private final GenerationEvents events;
  private final GenerationObserver observer;
  private final RequestRecord record;
  private final Duration untilSubmitted;
  private final List<GenerationRequest> choices;
  private final List<Generation> generations = new ArrayList<>();
  private final AtomicBoolean overflowed = new AtomicBoolean();
  private int running;
  private boolean stopped;

  private GenerationGroup(
      Exchange exchange,
      ModelLease lease,
      Choices choices,
      GenerationEvents events,
      GenerationObserver observer,
      RequestRecord record) {
    this.exchange = exchange;
    this.lease = lease;
    this.choices = choices.requests();
    this.events = events;
    this.observer = observer;
    this.record = record;
    this.untilSubmitted = exchange.elapsed();
    record.submitted(choices.perPrompt());
  }

  /**
   * What is to be generated.
   *
   * @param requests one for each choice, those of one prompt together
   * @param perPrompt choices of one prompt
   */
  public record Choices(List<GenerationRequest> requests, int perPrompt) {
    public Choices {
      requests = List.copyOf(requests);
    }
  }

  /**
   * Submits the choices. Takes the lease over: it is closed when the last choice has ended.
   *
   * @param events called for what receives the choices, unless the client is gone already
   * @param record is told what happens, and closed at the end
   * @throws ServerException QUEUE_FULL, TOO_LATE, CONTEXT_LENGTH_EXCEEDED, INVALID_VALUE
   */
  public static void start(
      Exchange exchange,
      ModelLease lease,
      Choices choices,
      Supplier<GenerationEvents> events,
      GenerationObserver observer,
      RequestRecord record) {
    if (exchange.isOver()) {
      lease.close();
      record.abandoned();
      return;
    }
    GenerationEvents receiver = lease.guarding(events);
    new GenerationGroup(exchange, lease, choices, receiver, observer, record).submit();
  }

  private void submit() {
    try {
      for (GenerationRequest choice : choices) {
        int index = generations.size();
        ChoiceListener listener = new ChoiceListener(this, exchange, index, events.isStreaming());
        generations.add(accepted(choice, lease.engine().submit(choice, listener)));
        record.accepted();
        running++;
      }
    } catch (RuntimeException refused) {
      stop();
      if (running == 0) {
        lease.close();
      }
      throw ServerException.from(refused);
    }
    exchange.onClose(this::stop);
    events.onStart();
  }

  /** Tokens came after others. Called on the engine's thread. */
  void onTokens(int tokens, long sinceLastNanos) {
    observer.onTokens(lease.model().name(), tokens, sinceLastNanos);
  }

  void onDeltas(int choice, List<GenerationDelta> deltas) {
    for (GenerationDelta delta : deltas) {
      if (stopped) {
        return;
      }
      events.onDelta(choice, delta);
    }
  }

  /** The event loop is too slow for the engine. May be called from any thread, again and again. */
  void onOverflow() {
    if (overflowed.compareAndSet(false, true)) {
      exchange.execute(
          () -> fail(new ServerException(ServerError.INTERNAL, "the event loop is overloaded")));
    }
  }

  /**
   * A choice has ended.
   *
   * @param rest deltas that were not handed over before
   */
  void onChoiceEnd(int choice, List<GenerationDelta> rest, GenerationResult result) {
    choiceOver();
    record.ended(choice, result);
    observe(choice, result);
    if (!stopped && result.reason() == FinishReason.CANCELLED) { // the engine is closing
      fail(new ServerException(ServerError.MODEL_UNLOADED, "the model was unloaded; try again"));
    }
    onDeltas(choice, rest);
    if (!stopped) {
      events.onChoiceEnd(choice, result);
    }
    record.finished(events.finishReason(choice, result.reason()));
    endIfLast();
  }

  void onChoiceFailure(int choice, List<GenerationDelta> rest, EngineException failure) {
    choiceOver();
    record.broke();
    observer.onGenerationFailure(lease.model().name());
    onDeltas(choice, rest);
    if (!stopped) {
      fail(ServerException.of(failure));
    }
    endIfLast();
  }

  private void endIfLast() {
    if (running == 0) {
      Receipt receipt = record.close();
      if (!stopped) {
        events.onEnd(receipt);
      }
    }
  }

  private void fail(ServerException failure) {
    stop();
    exchange.fail(failure);
  }

  private void choiceOver() {
    running--;
    if (running == 0) {
      lease.close();
    }
  }

  private void stop() {
    stopped = true;
    generations.forEach(Generation::cancel);
  }

  private void observe(int choice, GenerationResult result) {
    observer.onGenerationEnd(
        lease.model().name(),
        choices.get(choice).terms().tenant(),
        result,
        untilSubmitted.plus(result.queueTime()).plus(result.prefillTime()),
        exchange.elapsed());
  }

  private static Generation accepted(GenerationRequest request, Submission submission) {
    return switch (submission) {
      case Submission.Accepted(Generation generation) -> generation;
      case Submission.QueueFull(int waiting, Duration retryAfter) ->
          throw ServerException.retryable(
              ServerError.QUEUE_FULL,
              "the model's queue is full: " + waiting + " requests wait; try again later",
              retryAfter);
      case Submission.TooLate(Duration timeToFirstToken, Duration retryAfter) ->
          throw ServerException.retryable(
              ServerError.TOO_LATE,
              "the first token would come after about %d ms, later than the request's target for it; try again later"
                  .formatted(timeToFirstToken.toMillis()),
              retryAfter);
      case Submission.ContextLengthExceeded(int promptTokens, int contextLength) ->
          throw new ServerException(
              ServerError.CONTEXT_LENGTH_EXCEEDED,
              "the prompt has %d tokens, but prompt and answer together may have %d; shorten the prompt or serve the model with a longer context (FLYBALL_CONTEXT_LENGTH)"
                  .formatted(promptTokens, contextLength));
      case Submission.NotGenerative() ->
          throw new ServerException(
              ServerError.WRONG_KIND_OF_MODEL, "the model does not generate text");
      case Submission.UnknownAdapter(String name) ->
          throw ServerException.ofField(
              ServerError.MODEL_NOT_FOUND,
              "model",
              "the adapter '" + name + "' was unloaded; GET /v1/models lists those there are");
      case Submission.UnknownToken(int token, int vocabularySize) ->
          throw ServerException.ofField(
              ServerError.INVALID_VALUE,
              request.sampling().logitBias().containsKey(token) ? "logit_bias" : "prompt",
              "the token %d does not exist: the vocabulary has %d, from 0"
                  .formatted(token, vocabularySize));
    };
  }
}
