package dev.flyball.engine.model.family;

import dev.flyball.engine.model.DecoderSpec;
import dev.flyball.engine.model.ModelSource;
import java.util.List;

/**
 * One kind of model: knows its hyper-parameters and tensors, and of which pieces it is composed.
 */
interface ModelFamily {
  /** The values of {@code general.architecture} that name the family. */
  List<String> architectures();

  /**
   * Checks every hyper-parameter and tensor, and says what the model is made of.
   *
   * @throws dev.flyball.engine.EngineException FILE_CORRUPT, UNSUPPORTED_MODEL
   */
  DecoderSpec read(ModelSource source);
}
