package dev.flyball.engine.dialect;

import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Rules of answers in which markers stand around thoughts.
 *
 * @param tags nothing: there are no thoughts
 * @param opened whether the prompt has opened the thought
 * @param mayThink whether a thought may still open
 * @param maxThoughtTokens nothing: any number
 * @param grammar from where the grammar holds
 * @param openingToken the tokens of a thought's opening
 * @param end what ends a thought from outside
 * @param afterClosing blanks that stand between a thought and an answer
 * @param callMarker what stands before calls
 */
record TaggedRules(
    Tokenizer tokenizer,
    Optional<ThinkingTags> tags,
    boolean opened,
    boolean mayThink,
    OptionalInt maxThoughtTokens,
    GrammarStart grammar,
    TokenIds openingToken,
    TokenIds end,
    TokenIds afterClosing,
    String callMarker)
    implements AnswerRules {

  static TaggedRules of(
      Tokenizer tokenizer,
      Optional<ThinkingTags> tags,
      String prompt,
      OptionalInt maxThoughtTokens,
      GrammarStart grammar,
      String callMarker) {
    return new TaggedRules(
        tokenizer,
        tags,
        tags.isPresent() && tags.get().opensAtEndOf(prompt),
        tags.isPresent() && !tags.get().closesAtEndOf(prompt),
        maxThoughtTokens,
        grammar,
        tags.map(t -> tokenizer.encodeWithin(t.opening())).orElse(TokenIds.empty()),
        tags.map(t -> tokenizer.encodeWithin(t.end())).orElse(TokenIds.empty()),
        tags.filter(t -> !t.blanksAfter().isEmpty())
            .map(t -> tokenizer.encodeWithin(t.blanksAfter()))
            .orElse(TokenIds.empty()),
        callMarker);
  }

  @Override
  public AnswerGuide start() {
    return new TaggedGuide(this);
  }
}
