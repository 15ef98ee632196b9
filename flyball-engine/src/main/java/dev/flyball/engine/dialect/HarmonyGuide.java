package dev.flyball.engine.dialect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.OptionalInt;
import java.util.Set;

/** Follows an answer in the Harmony format; its markers are tokens of their own. */
final class HarmonyGuide implements AnswerGuide {
  private static final String MESSAGE = "<|message|>";
  private static final Set<String> ENDS =
      Set.of("<|end|>", "<|call|>", "<|return|>", "<|start|>", "<|channel|>");
  private static final int MAX_HEAD_CHARS = 512;

  private enum Stage {
    HEAD,
    THOUGHT,
    BODY
  }

  private final HarmonyRules rules;
  private final ThoughtMeter meter;
  private final ForcedTokens forced = new ForcedTokens();
  private final StringBuilder head = new StringBuilder();
  private Stage stage = Stage.HEAD;
  private boolean ended;

  HarmonyGuide(HarmonyRules rules) {
    this.rules = rules;
    meter = new ThoughtMeter(rules.maxThoughtTokens());
    forced.force(rules.beginning());
  }

  @Override
  public OptionalInt forced() {
    return forced.first();
  }

  @Override
  public boolean grammarHolds() {
    return switch (rules.grammar()) {
      case NEVER, CALL_MARKER -> false;
      case ANSWER -> stage == Stage.BODY;
      case CALLS -> stage != Stage.THOUGHT;
    };
  }

  @Override
  public OptionalInt escape() {
    return OptionalInt.empty();
  }

  @Override
  public int insteadOf(int token) {
    boolean early =
        stage == Stage.THOUGHT
            && (rules.grammar() == GrammarStart.ANSWER || rules.grammar() == GrammarStart.CALLS)
            && rules.tokenizer().isEndOfGeneration(token);
    if (early) {
      forced.force(rules.end(ended));
    }
    return early ? forced.first().orElse(token) : token;
  }

  @Override
  public boolean accept(int token) {
    boolean wasForced = forced.accept();
    byte[] bytes = rules.tokenizer().bytes(token, true);
    String piece = new String(bytes, ISO_8859_1);
    Stage before = stage;
    switch (stage) {
      case HEAD -> readHead(piece);
      case THOUGHT -> think(piece, bytes, wasForced);
      case BODY -> {
        if (ENDS.contains(piece)) {
          beginHead(piece);
        }
      }
    }
    return before == Stage.BODY && stage == Stage.BODY && !wasForced;
  }

  @Override
  public int thoughtTokens() {
    return meter.tokens();
  }

  private void readHead(String piece) {
    head.append(piece);
    if (piece.equals(MESSAGE)) {
      stage = head.indexOf("<|channel|>analysis") >= 0 ? Stage.THOUGHT : Stage.BODY;
      endWhenSpent();
    } else if (head.length() > MAX_HEAD_CHARS || !HarmonyParser.mayBeHead(head.toString())) {
      stage = Stage.BODY;
    }
  }

  private void think(String piece, byte[] bytes, boolean wasForced) {
    if (!ENDS.contains(piece)) {
      meter.count(bytes);
      endWhenSpent();
      return;
    }
    beginHead(piece);
    if (!wasForced) {
      forced.force(rules.afterThought());
    }
  }

  private void beginHead(String marker) {
    stage = Stage.HEAD;
    head.setLength(0);
    if (marker.equals("<|start|>") || marker.equals("<|channel|>")) {
      head.append(marker);
    }
  }

  private void endWhenSpent() {
    if (stage == Stage.THOUGHT && meter.isSpent()) {
      forced.force(rules.end(ended));
      ended = true;
    }
  }
}
