package dev.flyball.engine.template;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A compiled chat template. Immutable and thread-safe. */
public interface ChatTemplate {
  /**
   * Renders the prompt of a conversation.
   *
   * @param variables what the template sees ({@code messages}, {@code tools}, {@code
   *     add_generation_prompt}, {@code bos_token} ...): a tree of Map (with String keys), List,
   *     String, Boolean, Long, Double and null
   * @throws dev.flyball.engine.EngineException with TEMPLATE_RENDER where the template refuses the
   *     conversation ({@code raise_exception}), fails, or goes beyond its limits on time and output
   */
  String render(Map<String, ? extends @Nullable Object> variables);

  /** The template's source. */
  String source();
}
