package dev.flyball.engine.grammar;

import java.util.ArrayList;
import java.util.List;

/** Makes rules of {@link GrammarPart}s. */
final class PartCompiler {
  private final GrammarRules rules = new GrammarRules();
  private final Expression.Call start = rules.declare("the text");
  private final JsonRules json = new JsonRules(rules);

  /**
   * The rules; the first one is for a whole text.
   *
   * @throws dev.flyball.engine.EngineException INVALID_INPUT where a part cannot be
   */
  GrammarRules compile(GrammarPart root) {
    rules.define(start, expression(root));
    return rules;
  }

  private Expression expression(GrammarPart part) {
    return switch (part) {
      case GrammarPart.Text(String text) -> Expression.text(text);
      case GrammarPart.ControlToken(String text) -> new Expression.ControlToken(text);
      case GrammarPart.JsonSchema(var schema) -> new SchemaCompiler(rules, json, schema).compile();
      case GrammarPart.Pattern(String regex) -> RegexParser.parse(regex).whole();
      case GrammarPart.TextUntil(String end) -> until(end);
      case GrammarPart.Sequence(List<GrammarPart> parts) ->
          new Expression.Sequence(parts.stream().map(this::expression).toList());
      case GrammarPart.Choice(List<GrammarPart> options) ->
          new Expression.Choice(options.stream().map(this::expression).toList());
      case GrammarPart.Repeat(GrammarPart body, int min, int max) ->
          new Expression.Repeat(rules.add("a part that repeats", expression(body)), min, max);
    };
  }

  /**
   * A rule for each number of characters of the end that the text stands behind (Knuth, Morris,
   * Pratt, "Fast pattern matching in strings", 1977).
   */
  private Expression until(String end) {
    int[] characters = end.codePoints().toArray();
    List<Expression.Call> states = new ArrayList<>();
    for (int matched = 0; matched < characters.length; matched++) {
      states.add(rules.declare("text before " + end));
    }
    for (int matched = 0; matched < characters.length; matched++) {
      List<Expression> options = new ArrayList<>();
      List<CodePointSet> followed = new ArrayList<>();
      for (int character : end.codePoints().distinct().toArray()) {
        int next = afterCharacter(characters, matched, character);
        if (next > 0) {
          followed.add(CodePointSet.of(character));
          Expression rest = next == characters.length ? Expression.EMPTY : states.get(next);
          options.add(Expression.sequence(Expression.text(Character.toString(character)), rest));
        }
      }
      CodePointSet others = CodePointSet.union(followed).complement();
      options.add(Expression.sequence(new Expression.OneOf(others), states.getFirst()));
      rules.define(states.get(matched), new Expression.Choice(options));
    }
    return states.getFirst();
  }

  /** How many characters of the end the text stands behind, one character later. */
  private static int afterCharacter(int[] end, int matched, int character) {
    for (int length = matched + 1; length > 0; length--) {
      boolean fits = end[length - 1] == character;
      for (int i = 0; fits && i < length - 1; i++) {
        fits = end[i] == end[matched - length + 1 + i];
      }
      if (fits) {
        return length;
      }
    }
    return 0;
  }
}
