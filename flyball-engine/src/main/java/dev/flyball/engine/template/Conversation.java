package dev.flyball.engine.template;

import dev.flyball.engine.EngineError;
import dev.flyball.engine.EngineException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a chat template is asked to render, and the names under which the template sees it.
 *
 * <table>
 * <caption>Variables of a template</caption>
 * <tr><th>name</th><th>value</th><th>set by</th></tr>
 * <tr><td>{@code messages}</td><td>list of objects with {@code role}, {@code content} and, by role,
 * {@code tool_calls}, {@code tool_call_id}, {@code reasoning_content} ...</td><td>the request</td></tr>
 * <tr><td>{@code tools}</td><td>list of JSON schema objects, or none</td><td>the request</td></tr>
 * <tr><td>{@code documents}</td><td>list of objects, or none</td><td>the request</td></tr>
 * <tr><td>{@code add_generation_prompt}</td><td>whether the text ends with the opening of the
 * assistant's turn</td><td>the request; true where it says nothing</td></tr>
 * <tr><td>{@code bos_token}, {@code eos_token}, {@code unk_token}, {@code pad_token}</td><td>the
 * text of a special token; undefined where the model has none</td><td>the model's
 * tokenizer</td></tr>
 * <tr><td>any other, such as {@code enable_thinking}</td><td>any JSON value</td><td>the request
 * ({@code chat_template_kwargs}); wins over everything above</td></tr>
 * </table>
 *
 * <p>The values are trees of Map (with String keys), List, String, Boolean, Number and null.
 * Nothing is copied and nothing is changed.
 *
 * @param messages the turns, oldest first
 * @param tools the functions that the model may call; an empty list means none
 * @param documents the texts that the model may cite; an empty list means none
 * @param addGenerationPrompt whether the assistant is to speak next
 * @param extra further variables
 */
public record Conversation(
    List<? extends @Nullable Object> messages,
    List<? extends @Nullable Object> tools,
    List<? extends @Nullable Object> documents,
    boolean addGenerationPrompt,
    Map<String, ? extends @Nullable Object> extra) {

  /** A conversation without tools and documents, in which the assistant speaks next. */
  public static Conversation of(List<? extends @Nullable Object> messages) {
    return new Conversation(messages, List.of(), List.of(), true, Map.of());
  }

  /**
   * Reads the JSON form: an object with {@code messages} and, where wanted, {@code tools}, {@code
   * documents}, {@code add_generation_prompt}; every other key becomes an extra variable.
   *
   * @throws EngineException with TEMPLATE_RENDER where one of these keys has another type
   */
  public static Conversation fromJson(Map<String, ? extends @Nullable Object> json) {
    Map<String, @Nullable Object> extra = new LinkedHashMap<>(json);
    extra.keySet().removeAll(List.of("messages", "tools", "documents", "add_generation_prompt"));
    if (json.get("messages") == null) {
      throw wrongType("messages", "a list of messages");
    }
    return new Conversation(
        list(json, "messages"),
        list(json, "tools"),
        list(json, "documents"),
        flag(json, "add_generation_prompt"),
        extra);
  }

  /**
   * The variables of a rendering.
   *
   * @param specialTokens the text of special tokens by variable name, such as {@code bos_token}
   */
  public Map<String, @Nullable Object> variables(Map<String, String> specialTokens) {
    Map<String, @Nullable Object> variables = new LinkedHashMap<>(specialTokens);
    variables.put("messages", messages);
    variables.put("tools", tools.isEmpty() ? null : tools);
    variables.put("documents", documents.isEmpty() ? null : documents);
    variables.put("add_generation_prompt", addGenerationPrompt);
    variables.putAll(extra);
    return variables;
  }

  private static List<@Nullable Object> list(
      Map<String, ? extends @Nullable Object> json, String key) {
    return switch (json.get(key)) {
      case null -> List.of();
      case List<?> list -> new ArrayList<@Nullable Object>(list);
      default -> throw wrongType(key, "a list");
    };
  }

  private static boolean flag(Map<String, ? extends @Nullable Object> json, String key) {
    return switch (json.get(key)) {
      case null -> true;
      case Boolean flag -> flag;
      default -> throw wrongType(key, "true or false");
    };
  }

  private static EngineException wrongType(String key, String expected) {
    return new EngineException(
        EngineError.TEMPLATE_RENDER, "conversation: \"" + key + "\" must be " + expected);
  }
}
