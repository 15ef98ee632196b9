package dev.flyball.server.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.flyball.server.error.ServerException;
import dev.flyball.server.generate.ChatPrompt;
import dev.flyball.server.json.JsonFields;
import dev.flyball.server.json.JsonTree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code messages}, {@code tools} and {@code chat_template_kwargs} into what templates see.
 * Text parts become one string, a line each, since most templates know strings only; where there
 * are images among them, they stay parts, as templates for images know them. The arguments of tool
 * calls, JSON in a string, become the objects that templates expect.
 */
public final class ChatMessages {
  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", "assistant", "tool");

  private static final Set<String> IMAGE_PARTS = Set.of("image_url", "input_image");

  /** What templates call the switch for thoughts. */
  private static final List<String> THINKING_SWITCHES = List.of("enable_thinking", "thinking");

  private static final int MAX_MESSAGES = 10_000;

  private ChatMessages() {}

  /** The conversation of a request. */
  public static ChatPrompt parse(JsonFields fields) {
    JsonNode node = fields.requiredNode("messages");
    List<JsonNode> elements = JsonFields.elements(node, fields.path("messages"));
    if (elements.isEmpty() || elements.size() > MAX_MESSAGES) {
      throw fields.invalid("messages", "must have 1 to " + MAX_MESSAGES + " messages");
    }
    List<Map<String, @Nullable Object>> messages = new ArrayList<>(elements.size());
    ImageParts images = new ImageParts();
    for (JsonNode element : elements) {
      messages.add(message(element, fields.path("messages") + "[" + messages.size() + "]", images));
    }
    return new ChatPrompt(messages, tools(fields), templateVariables(fields), images.images());
  }

  private static Map<String, @Nullable Object> message(
      JsonNode element, String path, ImageParts images) {
    JsonFields fields = JsonFields.of(element, path);
    String role = fields.requiredString("role");
    if (!ROLES.contains(role)) {
      throw fields.invalid("role", "must be system, developer, user, assistant or tool");
    }
    Map<String, @Nullable Object> message = new LinkedHashMap<>();
    message.put("role", role);
    Optional<Object> content = fields.node("content").map(node -> content(node, fields, images));
    List<JsonNode> toolCalls = fields.array("tool_calls");
    if (content.isEmpty() && !(role.equals("assistant") && !toolCalls.isEmpty())) {
      throw fields.missing("content");
    }
    message.put("content", content.orElse(null));
    for (String name : List.of("name", "tool_call_id", "reasoning_content")) {
      fields.string(name).ifPresent(value -> message.put(name, value));
    }
    if (!toolCalls.isEmpty()) {
      message.put("tool_calls", toolCalls(toolCalls, fields.path("tool_calls")));
    }
    return message;
  }

  private static Object content(JsonNode node, JsonFields message, ImageParts images) {
    String path = message.path("content");
    if (!node.isArray()) {
      return JsonFields.text(node, path);
    }
    List<String> texts = new ArrayList<>();
    List<Map<String, @Nullable Object>> parts = new ArrayList<>();
    for (JsonNode element : node) {
      JsonFields part = JsonFields.of(element, path + "[" + parts.size() + "]");
      if (IMAGE_PARTS.contains(part.requiredString("type"))) {
        images.add(part);
        parts.add(Map.of("type", "image"));
      } else {
        texts.add(textPart(part));
        parts.add(Map.of("type", "text", "text", texts.getLast()));
      }
    }
    return texts.size() == parts.size() ? String.join("\n", texts) : parts;
  }

  private static String textPart(JsonFields part) {
    String type = part.requiredString("type");
    return switch (type) {
      case "text", "input_text", "output_text" -> part.requiredString("text");
      case "refusal" -> part.requiredString("refusal");
      case "input_audio", "file", "video_url" ->
          throw part.unsupported(
              "type", "is " + type + ", but this server takes texts and images only");
      default -> throw part.invalid("type", "must be text or image_url");
    };
  }

  private static List<@Nullable Object> toolCalls(List<JsonNode> elements, String path) {
    List<@Nullable Object> calls = new ArrayList<>(elements.size());
    for (JsonNode element : elements) {
      String callPath = path + "[" + calls.size() + "]";
      JsonFields call = JsonFields.of(element, callPath);
      JsonFields function = JsonFields.of(call.requiredNode("function"), call.path("function"));
      Map<String, @Nullable Object> spoken = new LinkedHashMap<>();
      call.string("id").ifPresent(id -> spoken.put("id", id));
      spoken.put("type", "function");
      Map<String, @Nullable Object> described = new LinkedHashMap<>();
      described.put("name", function.requiredString("name"));
      described.put("arguments", arguments(function));
      spoken.put("function", described);
      calls.add(spoken);
    }
    return calls;
  }

  private static @Nullable Object arguments(JsonFields function) {
    String path = function.path("arguments");
    JsonNode node = function.requiredNode("arguments");
    if (!node.isTextual()) {
      return JsonTree.of(node, path);
    }
    String text = JsonFields.text(node, path);
    try {
      return JsonFields.parse(text.getBytes(StandardCharsets.UTF_8)).toTree();
    } catch (ServerException e) {
      return text; // a model may have written no JSON: the template gets what it wrote
    }
  }

  private static List<@Nullable Object> tools(JsonFields fields) {
    List<@Nullable Object> tools = new ArrayList<>();
    for (JsonNode tool : fields.array("tools")) {
      String path = fields.path("tools") + "[" + tools.size() + "]";
      JsonFields described = JsonFields.of(tool, path);
      if (!described.requiredString("type").equals("function")) {
        throw described.unsupported("type", "must be function");
      }
      JsonFields.of(described.requiredNode("function"), path + ".function").requiredString("name");
      tools.add(JsonTree.of(tool, path));
    }
    return tools;
  }

  private static Map<String, @Nullable Object> templateVariables(JsonFields fields) {
    Map<String, @Nullable Object> variables = new LinkedHashMap<>();
    ReasoningWish reasoning = ReasoningWish.parse(fields);
    reasoning.effortToThink().ifPresent(effort -> variables.put("reasoning_effort", effort));
    if (reasoning.isOff() || reasoning.effort().isPresent()) {
      for (String name : THINKING_SWITCHES) {
        variables.put(name, !reasoning.isOff());
      }
    }
    fields
        .object("chat_template_kwargs")
        .ifPresent(
            given -> {
              for (String name : given.names()) {
                given
                    .node(name)
                    .ifPresent(node -> variables.put(name, JsonTree.of(node, given.path(name))));
              }
            });
    return variables;
  }
}
