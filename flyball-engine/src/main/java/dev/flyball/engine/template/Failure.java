package dev.flyball.engine.template;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;

/** Makes this package's errors. */
final class Failure {
  private Failure() {}

  /** The source is no template. */
  static EngineException syntax(int line, String message) {
    return new EngineException(
        EngineError.TEMPLATE_SYNTAX, "chat template, line " + line + ": " + message);
  }

  /** The rendering fails; {@link CompiledTemplate} adds the line. */
  static EngineException render(String message) {
    return new EngineException(EngineError.TEMPLATE_RENDER, message);
  }

  /** The rendering fails at a line. */
  static EngineException render(int line, EngineException cause) {
    return new EngineException(
        EngineError.TEMPLATE_RENDER,
        "chat template, line " + line + ": " + cause.getMessage(),
        cause);
  }
}
