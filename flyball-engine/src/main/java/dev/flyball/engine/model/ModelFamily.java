package dev.flyball.engine.model;

import dev.flyball.engine.gguf.GgufFile;

/** One kind of model: knows its hyper-parameters, its tensors and its forward pass. */
interface ModelFamily {
  /** The value of {@code general.architecture} that names the family. */
  String architecture();

  /**
   * Checks every hyper-parameter and tensor, then makes the model.
   *
   * @throws dev.flyball.engine.EngineException FILE_CORRUPT, UNSUPPORTED_MODEL
   */
  LanguageModel load(GgufFile file, ModelOptions options);

  /**
   * What {@link #load} would make, after the same checks.
   *
   * @throws dev.flyball.engine.EngineException FILE_CORRUPT, UNSUPPORTED_MODEL
   */
  ModelOutline outline(GgufFile file, ModelOptions options);
}
