package dev.flyball.server.generate;

import dev.flyball.engine.EngineException;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.GenerationListener;
import dev.flyball.engine.GenerationResult;
import dev.flyball.server.http.Exchange;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries the events of one choice from the engine's thread to the exchange's event loop. Where
 * they are streamed, the event loop is woken when the first of several deltas waits; else only at
 * the end. What waits is limited. Times the tokens on their way.
 */
final class ChoiceListener implements GenerationListener {
  /** More than any event loop that still works lets wait. */
  private static final int MAX_STREAMED_WAITING = 1024;

  private final GenerationGroup group;
  private final Exchange exchange;
  private final int choice;
  private final boolean streaming;
  private List<GenerationDelta> waiting = new ArrayList<>();

  /** When tokens came last; 0 before the first. Used by the engine's thread only. */
  private long lastTokensNanos;

  ChoiceListener(GenerationGroup group, Exchange exchange, int choice, boolean streaming) {
    this.group = group;
    this.exchange = exchange;
    this.choice = choice;
    this.streaming = streaming;
  }

  @Override
  public void onDelta(GenerationDelta delta) {
    time(delta.tokens().size());
    int size = add(delta);
    if (streaming && size == 1) {
      exchange.execute(() -> group.onDeltas(choice, takeAll()));
    } else if (streaming && size == MAX_STREAMED_WAITING) {
      group.onOverflow();
    }
  }

  @Override
  public void onEnd(GenerationResult result) {
    exchange.execute(() -> group.onChoiceEnd(choice, takeAll(), result));
  }

  @Override
  public void onFailure(EngineException failure) {
    exchange.execute(() -> group.onChoiceFailure(choice, takeAll(), failure));
  }

  private void time(int tokens) {
    if (tokens == 0) {
      return;
    }
    long nowNanos = System.nanoTime();
    if (lastTokensNanos != 0) {
      group.onTokens(tokens, nowNanos - lastTokensNanos);
    }
    lastTokensNanos = nowNanos;
  }

  /** Adds a delta unless too many wait. */
  private synchronized int add(GenerationDelta delta) {
    if (!streaming || waiting.size() < MAX_STREAMED_WAITING) {
      waiting.add(delta);
    }
    return waiting.size();
  }

  private synchronized List<GenerationDelta> takeAll() {
    List<GenerationDelta> all = waiting;
    waiting = new ArrayList<>();
    return all;
  }
}
