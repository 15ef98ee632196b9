package dev.flyball.server.generate;

import dev.flyball.engine.FinishReason;
import dev.flyball.engine.GenerationDelta;
import dev.flyball.engine.GenerationResult;
import dev.flyball.units.Receipt;

/**
 * Receives the choices of one request, on the exchange's event loop. Nothing comes after the
 * exchange is over; failures answer the exchange themselves.
 */
public interface GenerationEvents {
  /** Whether deltas are wanted as they come; else all those of a choice come at its end. */
  boolean isStreaming();

  /** Every choice is accepted. Called first, once. */
  void onStart();

  /** New text of a choice. */
  void onDelta(int choice, GenerationDelta delta);

  /** A choice is complete. */
  void onChoiceEnd(int choice, GenerationResult result);

  /** Why a choice ended, as the API that is spoken calls it. */
  String finishReason(int choice, FinishReason reason);

  /**
   * All choices are complete. Called last, once.
   *
   * @param receipt what all of them took
   */
  void onEnd(Receipt receipt);
}
