package dev.flyball.engine.dialect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.OptionalInt;

/**
 * Follows an answer with markers around its thoughts. Texts are compared by their bytes, a
 * character each, since tokens end within characters.
 */
final class TaggedGuide implements AnswerGuide {
  private enum Stage {
    /** A thought may open. */
    OPENING,
    THOUGHT,
    ANSWER
  }

  private final TaggedRules rules;
  private final ThoughtMeter meter;
  private final ForcedTokens forced = new ForcedTokens();
  private final String opening;
  private final String closing;
  private final String callMarker;

  /** The end of the text, as far as it may belong to a marker. */
  private final StringBuilder seen = new StringBuilder();

  private Stage stage;
  private boolean calling;

  TaggedGuide(TaggedRules rules) {
    this.rules = rules;
    meter = new ThoughtMeter(rules.maxThoughtTokens());
    opening = asBytes(rules.tags().map(ThinkingTags::opening).orElse(""));
    closing = asBytes(rules.tags().map(ThinkingTags::closing).orElse(""));
    callMarker = asBytes(rules.callMarker());
    stage = rules.opened() ? Stage.THOUGHT : rules.mayThink() ? Stage.OPENING : Stage.ANSWER;
    endWhenSpent();
  }

  private static String asBytes(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  @Override
  public OptionalInt forced() {
    return forced.first();
  }

  @Override
  public boolean grammarHolds() {
    return switch (rules.grammar()) {
      case NEVER -> false;
      case ANSWER, CALLS -> stage != Stage.THOUGHT;
      case CALL_MARKER -> calling;
    };
  }

  @Override
  public OptionalInt escape() {
    return stage == Stage.OPENING && rules.openingToken().size() == 1 && !meter.allowsNone()
        ? OptionalInt.of(rules.openingToken().get(0))
        : OptionalInt.empty();
  }

  @Override
  public int insteadOf(int token) {
    boolean early =
        stage == Stage.THOUGHT
            && (rules.grammar() == GrammarStart.ANSWER || rules.grammar() == GrammarStart.CALLS)
            && rules.tokenizer().isEndOfGeneration(token);
    if (!early) {
      return token;
    }
    forced.force(rules.end());
    return forced.first().orElse(token);
  }

  @Override
  public boolean accept(int token) {
    boolean wasForced = forced.accept();
    byte[] bytes = rules.tokenizer().bytes(token, true);
    seen.append(new String(bytes, ISO_8859_1));
    switch (stage) {
      case OPENING -> open();
      case THOUGHT -> {
        think(bytes, wasForced);
        return false;
      }
      case ANSWER -> answer();
    }
    return stage == Stage.ANSWER && !wasForced;
  }

  @Override
  public int thoughtTokens() {
    return meter.tokens();
  }

  private void open() {
    String text = seen.toString().stripLeading();
    if (text.startsWith(opening)) {
      stage = Stage.THOUGHT;
      seen.setLength(0);
      endWhenSpent();
    } else if (grammarHolds() || !opening.startsWith(text)) {
      stage = Stage.ANSWER;
      answer();
    }
  }

  private void think(byte[] bytes, boolean wasForced) {
    int end = seen.indexOf(closing);
    if (end < 0) {
      keep(closing.length() - 1);
      if (!wasForced) {
        meter.count(bytes);
        endWhenSpent();
      }
      return;
    }
    boolean complete = end + closing.length() == seen.length();
    if (complete && !wasForced && rules.grammar() != GrammarStart.NEVER) {
      forced.force(rules.afterClosing());
    }
    stage = Stage.ANSWER;
    seen.setLength(0);
  }

  private void endWhenSpent() {
    if (stage == Stage.THOUGHT && meter.isSpent()) {
      forced.force(rules.end());
    }
  }

  private void answer() {
    if (rules.grammar() == GrammarStart.CALL_MARKER && !calling) {
      calling = seen.indexOf(callMarker) >= 0;
      keep(callMarker.length() - 1);
    } else {
      seen.setLength(0);
    }
  }

  private void keep(int length) {
    seen.delete(0, Math.max(seen.length() - length, 0));
  }
}
