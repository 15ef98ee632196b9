package dev.flyball.engine;

/**
 * Receives a generation, on the engine's thread, in order. Methods must return quickly: hand the
 * event on, do not block.
 */
public interface GenerationListener {
  /** New text; see {@link GenerationDelta}. */
  void onDelta(GenerationDelta delta);

  /** The generation is over. Nothing follows. */
  void onEnd(GenerationResult result);

  /** The generation failed. Nothing follows. */
  void onFailure(EngineException failure);
}
