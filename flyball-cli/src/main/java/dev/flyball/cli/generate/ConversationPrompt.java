package dev.flyball.cli.generate;

import dev.flyball.cli.console.CommandFailure;
import dev.flyball.engine.Engine;
import dev.flyball.engine.template.ChatTemplate;
import dev.flyball.engine.template.Conversation;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Makes prompts of conversations, as the model's chat template says. Thread-safe. */
public final class ConversationPrompt {
  private final Tokenizer tokenizer;
  private final ChatTemplate template;

  /**
   * Prompts for a model.
   *
   * @throws CommandFailure where the model has no chat template
   */
  public ConversationPrompt(Engine engine) {
    this.tokenizer = engine.tokenizer();
    this.template =
        engine
            .chatTemplate()
            .orElseThrow(
                () ->
                    new CommandFailure(
                        engine.info().name()
                            + " has no chat template: it continues texts and knows no"
                            + " conversations. Use flyball run --raw"));
  }

  /** The tokens after which the assistant speaks. */
  public TokenIds of(List<Message> messages) {
    Conversation conversation = Conversation.of(messages.stream().map(Message::json).toList());
    String text = template.render(conversation.variables(specialTokens(tokenizer)));
    // Many templates write BOS themselves; a second one would lead the model astray.
    boolean addSpecial = !startsWithBos(text);
    return tokenizer.encode(text, addSpecial, true);
  }

  /** The text of a vocabulary's special tokens, under the names that templates know them by. */
  public static Map<String, String> specialTokens(Tokenizer tokenizer) {
    Map<String, String> texts = new LinkedHashMap<>();
    put(texts, "bos_token", tokenizer.bos(), tokenizer);
    put(texts, "eos_token", tokenizer.eos(), tokenizer);
    return texts;
  }

  private boolean startsWithBos(String text) {
    OptionalInt bos = tokenizer.bos();
    return bos.isPresent() && text.startsWith(text(bos.getAsInt(), tokenizer));
  }

  private static void put(
      Map<String, String> texts, String name, OptionalInt id, Tokenizer tokenizer) {
    if (id.isPresent()) {
      texts.put(name, text(id.getAsInt(), tokenizer));
    }
  }

  private static String text(int id, Tokenizer tokenizer) {
    return tokenizer.decode(TokenIds.of(id), true);
  }
}
