package dev.flyball.engine;

import dev.flyball.engine.template.ChatTemplate;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A template that could not be compiled. The model still completes plain prompts; who wants to chat
 * is told what is wrong with the template.
 */
record UnusableChatTemplate(String source, EngineException failure) implements ChatTemplate {
  @Override
  public String render(Map<String, ? extends @Nullable Object> variables) {
    throw new EngineException(
        failure.error(), "the model's chat template cannot be used: " + failure, failure);
  }
}
