package dev.flyball.engine.dialect;

import dev.flyball.engine.grammar.GrammarPart;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The notation in which a model writes thoughts and calls, known by the markers in its chat
 * template: a model writes what its template renders. Immutable and thread-safe.
 */
public final class ChatDialect {
  private final ToolNotation tools;
  private final MistralForm mistral;
  private final Optional<ThinkingTags> thinking;

  private ChatDialect(ToolNotation tools, MistralForm mistral, Optional<ThinkingTags> thinking) {
    this.tools = tools;
    this.mistral = mistral;
    this.thinking = thinking;
  }

  /**
   * Recognises the dialect of a chat template.
   *
   * @param template its source
   */
  public static ChatDialect of(String template) {
    return new ChatDialect(
        ToolNotation.of(template), MistralForm.of(template), ThinkingTags.of(template));
  }

  /** Whether answers hold thoughts, or must be read in any case to be told apart from markers. */
  public boolean thinks() {
    return thinking.isPresent() || tools == ToolNotation.HARMONY;
  }

  /**
   * What the notation of calls is called, with the text that opens them where there is one: {@code
   * function tags <tool_call>}; {@code none} where calls stay content.
   */
  public String calls() {
    return (tools.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " " + tools.opening())
        .strip();
  }

  /** What stands around thoughts, such as {@code <think> </think>}; {@code none}. */
  public String thoughts() {
    return tools == ToolNotation.HARMONY
        ? "harmony"
        : thinking.map(tags -> tags.opening() + " " + tags.closing()).orElse("none");
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
              TokenIds ids = tokenizer.encodeWithin(marker);
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
   * @param functions that may be called; where there are none, calls are content
   */
  public AnswerParser parser(String prompt, List<CallableFunction> functions) {
    if (tools == ToolNotation.HARMONY) {
      return new HarmonyParser(!functions.isEmpty());
    }
    Map<String, CallableFunction> byName = new HashMap<>();
    functions.forEach(function -> byName.put(function.name(), function));
    boolean open = thinking.isPresent() && thinking.get().opensAtEndOf(prompt);
    return new TaggedParser(
        functions.isEmpty() ? ToolNotation.NONE : tools, thinking, open, Map.copyOf(byName));
  }

  /**
   * What an answer is held to beside its grammar; nothing where that makes no difference: the
   * grammar, if any, holds from the first token.
   *
   * @param prompt the rendered prompt that the answer continues, or its end
   * @param maxThoughtTokens tokens that may be thought before the thought is ended in the model's
   *     own notation; nothing: any number
   * @param grammar from where the answer's grammar holds
   * @param callsMayFollow whether the model has functions to call
   */
  public Optional<AnswerRules> rules(
      Tokenizer tokenizer,
      String prompt,
      OptionalInt maxThoughtTokens,
      GrammarStart grammar,
      boolean callsMayFollow) {
    if (tools == ToolNotation.HARMONY) {
      return Optional.of(new HarmonyRules(tokenizer, maxThoughtTokens, grammar, callsMayFollow));
    }
    return thinking.isPresent() || grammar == GrammarStart.CALL_MARKER
        ? Optional.of(
            TaggedRules.of(tokenizer, thinking, prompt, maxThoughtTokens, grammar, tools.opening()))
        : Optional.empty();
  }

  /**
   * The grammar of an answer that is nothing but calls, with all their markers: it holds from
   * {@link GrammarStart#CALLS}. Nothing where the notation is not one that can be written by a
   * grammar.
   *
   * @param functions one at least
   * @param parallel whether there may be more than one call; some notations never have more
   */
  public Optional<GrammarPart> calls(
      Tokenizer tokenizer, List<CallableFunction> functions, boolean parallel) {
    return CallGrammar.of(tools, mistral, tokenizer, functions, parallel);
  }

  /**
   * The grammar of an answer that is calls or something else: it holds from {@link
   * GrammarStart#ANSWER}. Nothing where the notation is not one that can be written by a grammar,
   * or keeps calls apart from answers by itself.
   */
  public Optional<GrammarPart> callsOr(
      GrammarPart answer, Tokenizer tokenizer, List<CallableFunction> functions, boolean parallel) {
    return tools == ToolNotation.HARMONY
        ? Optional.empty()
        : calls(tokenizer, functions, parallel)
            .map(calls -> new GrammarPart.Choice(List.of(calls, answer)));
  }

  /**
   * As {@link #calls}, but what follows the marker of the first call: it holds from {@link
   * GrammarStart#CALL_MARKER}. Nothing where no token of its own announces calls.
   */
  public Optional<GrammarPart> callsAfterMarker(
      Tokenizer tokenizer, List<CallableFunction> functions, boolean parallel) {
    return CallGrammar.afterMarker(tools, mistral, tokenizer, functions, parallel);
  }

  private List<String> thinkingMarkers() {
    return thinking.map(tags -> List.of(tags.opening(), tags.closing())).orElse(List.of());
  }
}
