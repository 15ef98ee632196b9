package dev.flyball.server.openai;

import dev.flyball.engine.dialect.CallableFunction;
import java.util.List;

/**
 * The calls that an answer may have.
 *
 * @param functions that may be called; none: calls are content
 * @param forced whether the answer has to be a call
 * @param held whether calls are held to the schemas of their arguments, and to their number
 * @param parallel whether there may be more than one
 */
record ToolChoice(
    List<CallableFunction> functions, boolean forced, boolean held, boolean parallel) {
  static final ToolChoice NONE = new ToolChoice(List.of(), false, false, true);

  ToolChoice {
    functions = List.copyOf(functions);
  }
}
