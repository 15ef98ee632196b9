package dev.flyball.engine.model;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.gguf.GgufFile;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The model families that Flyball runs. To add one, write a {@link ModelFamily} and list it here.
 */
public final class ModelFamilies {
  private static final List<ModelFamily> FAMILIES = List.of(new LlamaFamily());

  private ModelFamilies() {}

  /** The architectures that can be loaded, as {@code general.architecture} names them. */
  public static List<String> architectures() {
    return FAMILIES.stream().map(ModelFamily::architecture).toList();
  }

  /**
   * Makes the model of a file. The weights stay in the file's memory: the model takes the file over
   * and closes it when it is closed; where loading fails, the file stays open.
   *
   * @throws EngineException UNSUPPORTED_MODEL where no family has the file's architecture, or the
   *     family cannot do what the file asks for; FILE_CORRUPT where hyper-parameters or tensors are
   *     missing or do not fit together. Both before memory is spent
   */
  public static LanguageModel load(GgufFile file, ModelOptions options) {
    return family(file).load(file, options);
  }

  /**
   * What {@link #load} would make, after the same checks.
   *
   * @throws EngineException as {@link #load}
   */
  public static ModelOutline outline(GgufFile file, ModelOptions options) {
    return family(file).outline(file, options);
  }

  private static ModelFamily family(GgufFile file) {
    String architecture = file.metadata().architecture();
    for (ModelFamily family : FAMILIES) {
      if (family.architecture().equals(architecture)) {
        return family;
      }
    }
    throw new EngineException(
        EngineError.UNSUPPORTED_MODEL,
        file.parts().getFirst()
            + ": the architecture \""
            + architecture
            + "\" is not supported; supported are: "
            + architectures().stream().sorted().collect(Collectors.joining(", ")));
  }
}
