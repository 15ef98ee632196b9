package dev.flyball.engine;

/** How a sequence leaves the engine. */
sealed interface Ending {
  /** As it should. */
  record Finished(FinishReason reason) implements Ending {}

  /** By a fault of its own or of the engine. */
  record Failed(EngineException failure) implements Ending {}
}
