package dev.flyball.cli.generate;

import dev.flyball.cli.console.CommandFailure;
import dev.flyball.engine.Engine;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.Generation;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.GenerationListener;
import dev.flyball.engine.GenerationRequest;
import dev.flyball.engine.GenerationResult;
import dev.flyball.engine.Submission;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/**
 * A generation whose text is taken by the thread that asks, so that a slow terminal does not hold
 * back the engine. {@link #cancel} may come from any thread.
 */
public final class StreamedGeneration {
  private sealed interface Event {
    record Text(String text) implements Event {}

    record End(GenerationResult result) implements Event {}

    record Failure(EngineException cause) implements Event {}
  }

  // Holds at most what one generation says: its tokens are limited by the context.
  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Generation generation;

  private StreamedGeneration(Engine engine, GenerationRequest request) {
    Submission submission = engine.submit(request, new Queueing(events));
    this.generation =
        switch (submission) {
          case Submission.Accepted accepted -> accepted.generation();
          case Submission.QueueFull full ->
              throw new CommandFailure(full.waiting() + " requests are waiting already");
          case Submission.TooLate tooLate ->
              throw new CommandFailure(
                  "the first token would come after "
                      + tooLate.timeToFirstToken().toMillis()
                      + " ms, later than was asked for");
          case Submission.ContextLengthExceeded exceeded ->
              throw new CommandFailure(
                  "the prompt has "
                      + exceeded.promptTokens()
                      + " tokens, but the context has room for "
                      + exceeded.contextLength()
                      + ", the answer included; shorten it or give a larger --context");
          case Submission.NotGenerative _ ->
              throw new CommandFailure(
                  "the model does not generate text: it embeds or ranks texts, see flyball serve");
          case Submission.UnknownAdapter unknown ->
              throw new CommandFailure("the adapter " + unknown.name() + " is not loaded");
          case Submission.UnknownToken unknown ->
              throw new CommandFailure(
                  "token "
                      + unknown.token()
                      + " is not among the model's "
                      + unknown.vocabularySize());
        };
  }

  /**
   * Starts it.
   *
   * @throws CommandFailure where the engine does not take the request
   */
  public static StreamedGeneration start(Engine engine, GenerationRequest request) {
    return new StreamedGeneration(engine, request);
  }

  /**
   * Hands over the text as it comes, until the end.
   *
   * @throws EngineException where the generation fails
   */
  public GenerationResult forEachText(Consumer<String> consumer) {
    while (true) {
      switch (next()) {
        case Event.Text text -> consumer.accept(text.text());
        case Event.End end -> {
          return end.result();
        }
        case Event.Failure failure -> throw failure.cause();
      }
    }
  }

  /** Ends it before its next token. */
  public void cancel() {
    generation.cancel();
  }

  private Event next() {
    try {
      return events.take();
    } catch (InterruptedException interrupted) {
      generation.cancel();
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", interrupted);
    }
  }

  private record Queueing(BlockingQueue<Event> events) implements GenerationListener {
    @Override
    public void onDelta(GenerationDelta delta) {
      events.add(new Event.Text(delta.text()));
    }

    @Override
    public void onEnd(GenerationResult result) {
      events.add(new Event.End(result));
    }

    @Override
    public void onFailure(EngineException failure) {
      events.add(new Event.Failure(failure));
    }
  }
}
