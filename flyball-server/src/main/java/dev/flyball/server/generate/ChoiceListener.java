package dev.flyball.server.generate;

import dev.flyball.engine.EngineException;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.GenerationListener;
import dev.flyball.engine.GenerationResult;
import dev.flyball.server.http.Exchange;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries the events of one choice from the engine's thread to the exchange's event loop: one by
 * one where they are streamed, else together at the end, which wakes the event loop only once.
 */
final class ChoiceListener implements GenerationListener {
  private final GenerationGroup group;
  private final Exchange exchange;
  private final int choice;
  private final boolean streaming;
  private final List<GenerationDelta> collected = new ArrayList<>();

  ChoiceListener(GenerationGroup group, Exchange exchange, int choice, boolean streaming) {
    this.group = group;
    this.exchange = exchange;
    this.choice = choice;
    this.streaming = streaming;
  }

  @Override
  public void onDelta(GenerationDelta delta) {
    if (streaming) {
      exchange.execute(() -> group.onDelta(choice, delta));
    } else {
      collected.add(delta);
    }
  }

  @Override
  public void onEnd(GenerationResult result) {
    exchange.execute(() -> group.onChoiceEnd(choice, collected, result));
  }

  @Override
  public void onFailure(EngineException failure) {
    exchange.execute(() -> group.onChoiceFailure(failure));
  }
}
