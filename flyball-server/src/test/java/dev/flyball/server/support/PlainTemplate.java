package dev.flyball.server.support;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import dev.flyball.engine.template.ChatTemplate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line {@code role: content} for each message; refuses conversations that say {@code refuse}.
 *
 * @param source what it gives as its source, with the markers of a dialect
 */
public record PlainTemplate(String source) implements ChatTemplate {
  @Override
  public String render(Map<String, ? extends @Nullable Object> variables) {
    StringBuilder prompt = new StringBuilder();
    Object tools = variables.get("tools");
    if (tools != null) {
      prompt.append("tools: ").append(tools).append('\n');
    }
    if (variables.get("messages") instanceof List<?> messages) {
      for (Object entry : messages) {
        if (entry instanceof Map<?, ?> message) {
          prompt.append(message.get("role")).append(": ").append(message.get("content"));
          Object calls = message.get("tool_calls");
          prompt.append(calls == null ? "" : " " + calls).append('\n');
        }
      }
    }
    if (prompt.indexOf("refuse") >= 0) {
      throw new EngineException(EngineError.TEMPLATE_RENDER, "roles must alternate");
    }
    return prompt.toString();
  }
}
