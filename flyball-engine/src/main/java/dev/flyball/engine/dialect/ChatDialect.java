package dev.flyball.engine.dialect;

import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The notation in which a model writes thoughts and calls, known by the markers in its chat
 * template: a model writes what its template renders. Immutable and thread-safe.
 */
public final class ChatDialect {
  private final ToolNotation tools;
  private final Optional<ThinkingTags> thinking;

  private ChatDialect(ToolNotation tools, Optional<ThinkingTags> thinking) {
    this.tools = tools;
    this.thinking = thinking;
  }

  /**
   * Recognises the dialect of a chat template.
   *
   * @param template its source
   */
  public static ChatDialect of(String template) {
    return new ChatDialect(ToolNotation.of(template), ThinkingTags.of(template));
  }

  /** Whether answers hold thoughts, or must be read in any case to be told apart from markers. */
  public boolean thinks() {
    return thinking.isPresent() || tools == ToolNotation.HARMONY;
  }

  /**
   * The control tokens that are markers of this dialect, so that their text has to be passed on
   * with the answer's; markers that are ordinary text are not among them.
   */
  public Set<Integer> markerTokens(Tokenizer tokenizer) {
    Set<Integer> tokens = new HashSet<>();
    Stream.concat(tools.markers().stream(), thinkingMarkers().stream())
        .forEach(
            marker -> {
              TokenIds ids = tokenizer.encode(marker, false, true);
              if (ids.size() == 1 && tokenizer.isControl(ids.get(0))) {
                tokens.add(ids.get(0));
              }
            });
    return tokens;
  }

  /**
   * A parser for one answer.
   *
   * @param prompt the rendered prompt that the answer continues: it may open a thought
   * @param toolNames the functions that may be called; where there are none, calls are content
   */
  public AnswerParser parser(String prompt, Set<String> toolNames) {
    if (tools == ToolNotation.HARMONY) {
      return new HarmonyParser(!toolNames.isEmpty());
    }
    boolean open = thinking.isPresent() && thinking.get().opensAtEndOf(prompt);
    return new TaggedParser(
        toolNames.isEmpty() ? ToolNotation.NONE : tools, thinking, open, Set.copyOf(toolNames));
  }

  private List<String> thinkingMarkers() {
    return thinking.map(tags -> List.of(tags.opening(), tags.closing())).orElse(List.of());
  }
}
