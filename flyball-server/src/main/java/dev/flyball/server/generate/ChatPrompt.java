package dev.flyball.server.generate;

import dev.flyball.engine.Engine;
import dev.flyball.engine.template.ChatTemplate;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.server.error.ServerError;
import dev.flyball.server.error.ServerException;
import dev.flyball.units.TokenIds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A conversation as its model wants to read it, rendered with the variables that Hugging Face's
 * {@code apply_chat_template} sets. CPU-heavy: belongs on a worker thread.
 *
 * @param messages maps with {@code role}, {@code content} and what else the template may look at
 * @param tools descriptions of functions; empty where there are none
 * @param extra further variables; they win over those set here but for messages and tools
 * @param images that stand in the messages, in order
 */
public record ChatPrompt(
    List<Map<String, @Nullable Object>> messages,
    List<@Nullable Object> tools,
    Map<String, @Nullable Object> extra,
    List<ImageInput> images) {

  /** A conversation without images. */
  public ChatPrompt(
      List<Map<String, @Nullable Object>> messages,
      List<@Nullable Object> tools,
      Map<String, @Nullable Object> extra) {
    this(messages, tools, extra, List.of());
  }

  private static final String DEVELOPER = "developer";

  /**
   * The prompt's text.
   *
   * @throws ServerException NO_CHAT_TEMPLATE
   * @throws dev.flyball.engine.EngineException TEMPLATE_RENDER
   */
  public String render(Engine engine) {
    ChatTemplate template =
        engine
            .chatTemplate()
            .orElseThrow(
                () ->
                    new ServerException(
                        ServerError.NO_CHAT_TEMPLATE,
                        "this model has no chat template, as base models have none; use"
                            + " /v1/completions"));
    Tokenizer tokenizer = engine.tokenizer();
    Map<String, @Nullable Object> variables = new HashMap<>();
    variables.put("add_generation_prompt", true);
    variables.put("documents", null);
    variables.put("bos_token", piece(tokenizer, tokenizer.bos()));
    variables.put("eos_token", piece(tokenizer, tokenizer.eos()));
    variables.putAll(extra);
    variables.put("messages", spokenTo(template));
    variables.put("tools", tools.isEmpty() ? null : tools);
    return template.render(variables);
  }

  /**
   * The prompt's tokens: those of its text, with BOS in front where the vocabulary asks for it and
   * the template has not put it there.
   *
   * @throws ServerException as {@link #render}; TEMPLATE_REFUSED where the prompt is empty
   */
  public TokenIds encode(Engine engine) {
    Tokenizer tokenizer = engine.tokenizer();
    TokenIds ids = tokenizer.encode(render(engine), false, true);
    TokenIds ofNothing = tokenizer.encode("", true, false);
    OptionalInt bos = tokenizer.bos();
    boolean wantsBos =
        bos.isPresent() && !ofNothing.isEmpty() && ofNothing.get(0) == bos.getAsInt();
    if (!wantsBos || (!ids.isEmpty() && ids.get(0) == bos.getAsInt())) {
      return notEmpty(ids);
    }
    int[] withBos = new int[ids.size() + 1];
    withBos[0] = bos.getAsInt();
    System.arraycopy(ids.toArray(), 0, withBos, 1, ids.size());
    return TokenIds.of(withBos);
  }

  private static TokenIds notEmpty(TokenIds ids) {
    if (ids.isEmpty()) {
      throw new ServerException(
          ServerError.TEMPLATE_REFUSED, "the model's chat template made an empty prompt of this");
    }
    return ids;
  }

  /**
   * The messages, with {@code developer} called {@code system} for templates that do not know it.
   */
  private List<Map<String, @Nullable Object>> spokenTo(ChatTemplate template) {
    if (template.source().contains(DEVELOPER)) {
      return messages;
    }
    List<Map<String, @Nullable Object>> renamed = new ArrayList<>(messages.size());
    for (Map<String, @Nullable Object> message : messages) {
      if (DEVELOPER.equals(message.get("role"))) {
        Map<String, @Nullable Object> system = new HashMap<>(message);
        system.put("role", "system");
        renamed.add(system);
      } else {
        renamed.add(message);
      }
    }
    return renamed;
  }

  private static String piece(Tokenizer tokenizer, OptionalInt token) {
    return token.isPresent() ? tokenizer.piece(token.getAsInt()) : "";
  }
}
