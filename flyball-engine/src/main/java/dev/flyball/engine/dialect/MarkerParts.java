package dev.flyball.engine.dialect;

import dev.flyball.engine.grammar.GrammarPart;
import dev.flyball.engine.tokenizer.Tokenizer;
import dev.flyball.units.TokenIds;

/** Markers of one vocabulary as parts of grammars. Immutable. */
record MarkerParts(Tokenizer tokenizer) {
  private static final GrammarPart ANY_TEXT = new GrammarPart.Pattern("[^]*");

  /** A marker: a control token where the vocabulary has one, else its text. */
  GrammarPart marker(String text) {
    return isControl(text) ? new GrammarPart.ControlToken(text) : GrammarPart.text(text);
  }

  /** Any text up to and with the first occurrence of an end, which may be a control token. */
  GrammarPart textUntil(String end) {
    return isControl(end)
        ? GrammarPart.sequence(ANY_TEXT, new GrammarPart.ControlToken(end))
        : new GrammarPart.TextUntil(end);
  }

  private boolean isControl(String text) {
    TokenIds ids = tokenizer.encodeWithin(text);
    return ids.size() == 1 && tokenizer.isControl(ids.get(0));
  }
}
