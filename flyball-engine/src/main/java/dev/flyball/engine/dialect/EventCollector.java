package dev.flyball.engine.dialect;

import dev.flyball.engine.dialect.AnswerEvent.Content;
import dev.flyball.engine.dialect.AnswerEvent.Reasoning;
import dev.flyball.engine.dialect.AnswerEvent.ToolCallArguments;
import dev.flyball.engine.dialect.AnswerEvent.ToolCallEnd;
import dev.flyball.engine.dialect.AnswerEvent.ToolCallStart;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers events until they are taken: neighbours of one kind become one, blanks beside a boundary
 * are dropped.
 */
final class EventCollector {
  /** Blanks that are held back because a boundary may follow; more than any notation writes. */
  private static final int MAX_BLANKS = 256;

  private enum Kind {
    CONTENT,
    REASONING,
    ARGUMENTS
  }

  private final StringBuilder text = new StringBuilder();
  private final StringBuilder blanks = new StringBuilder();
  private List<AnswerEvent> events = new ArrayList<>();
  private Kind kind = Kind.CONTENT;
  private boolean afterBoundary;
  private int calls;
  private boolean calling;

  void content(CharSequence added) {
    add(Kind.CONTENT, added);
  }

  void reasoning(CharSequence added) {
    add(Kind.REASONING, added);
  }

  void startCall(String name) {
    boundary();
    events.add(new ToolCallStart(calls, name));
    calling = true;
  }

  void arguments(CharSequence added) {
    become(Kind.ARGUMENTS);
    text.append(added);
  }

  void endCall() {
    if (calling) {
      flush();
      events.add(new ToolCallEnd(calls++));
      calling = false;
      afterBoundary = true;
    }
  }

  /** A marker stands here: blanks before and behind it say nothing. */
  void boundary() {
    blanks.setLength(0);
    flush();
    afterBoundary = true;
  }

  List<AnswerEvent> take() {
    flush();
    List<AnswerEvent> taken = events;
    events = new ArrayList<>();
    return taken;
  }

  /** As {@link #take}, with the blanks that no boundary followed. */
  List<AnswerEvent> takeRest() {
    endCall();
    text.append(blanks);
    blanks.setLength(0);
    return take();
  }

  private void add(Kind which, CharSequence added) {
    become(which);
    for (int i = 0; i < added.length(); i++) {
      add(added.charAt(i));
    }
  }

  private void add(char next) {
    boolean blank = next == ' ' || next == '\n' || next == '\r' || next == '\t';
    if (blank && afterBoundary) {
      return;
    }
    afterBoundary = false;
    if (blank && blanks.length() < MAX_BLANKS) {
      blanks.append(next);
      return;
    }
    text.append(blanks).append(next);
    blanks.setLength(0);
  }

  private void become(Kind next) {
    if (kind != next) {
      flush();
      kind = next;
    }
  }

  private void flush() {
    if (text.isEmpty()) {
      return;
    }
    String all = text.toString();
    text.setLength(0);
    events.add(
        switch (kind) {
          case CONTENT -> new Content(all);
          case REASONING -> new Reasoning(all);
          case ARGUMENTS -> new ToolCallArguments(calls, all);
        });
  }
}
