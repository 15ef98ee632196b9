package dev.flyball.engine.dialect;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads calls that are written like those of a programming language, behind a marker: the name,
 * then arguments as {@link LiteralReader} reads them. A call starts with the bracket behind its
 * name. Not thread-safe.
 */
final class LiteralCallsReader implements CallsReader {
  private static final String NAME = "([A-Za-z0-9_.-]{1,256})\\s*";
  private static final int MAX_HEAD_CHARS = 512;

  private enum Expected {
    NAME,
    ARGUMENTS,
    /** Another call, or the closing marker. */
    NEXT,
    NOTHING
  }

  private final EventCollector events;
  private final LiteralReader.Syntax syntax;
  private final String closing;
  private final Pattern head;
  private final StringBuilder unread = new StringBuilder();
  private final StringBuilder heading = new StringBuilder();
  private final StringBuilder json = new StringBuilder();
  private Optional<LiteralReader> arguments = Optional.empty();
  private Expected expected = Expected.NAME;

  LiteralCallsReader(EventCollector events, ToolNotation tools, LiteralReader.Syntax syntax) {
    this.events = events;
    this.syntax = syntax;
    closing = tools.closing();
    head =
        Pattern.compile(
            switch (syntax) {
              case PYTHON -> "\\s*\\[?\\s*" + NAME;
              case GEMMA -> "\\s*call:" + NAME;
            });
    unread.append(tools.opening());
  }

  @Override
  public boolean read(StringBuilder text) {
    int taken = 0;
    boolean needsMore = false;
    while (taken < text.length() && expected != Expected.NOTHING && !needsMore) {
      if (expected == Expected.NEXT && text.charAt(taken) == closing.charAt(0)) {
        Markers found =
            Markers.find(
                text.subSequence(taken, Math.min(text.length(), taken + closing.length())),
                List.of(closing));
        needsMore = !found.found() && found.start() == 0;
        taken += found.found() && found.start() == 0 ? closing.length() : 0;
        expected = needsMore ? expected : Expected.NOTHING;
      } else if (accepts(text.charAt(taken))) {
        taken++;
      } else {
        expected = Expected.NOTHING;
      }
    }
    text.delete(0, taken);
    giveArguments();
    return expected == Expected.NOTHING;
  }

  @Override
  public String abandon() {
    events.endCall();
    String rest = unread.toString();
    unread.setLength(0);
    return rest;
  }

  private boolean accepts(char next) {
    return switch (expected) {
      case NAME -> name(next);
      case ARGUMENTS -> argument(next);
      case NEXT -> {
        if (JsonScanner.isBlank(next) || next == ']') {
          yield true;
        }
        expected = Expected.NAME;
        heading.setLength(0);
        yield next == ',' && syntax == LiteralReader.Syntax.PYTHON;
      }
      case NOTHING -> false;
    };
  }

  private boolean name(char next) {
    Matcher matcher = head.matcher(heading);
    if (next == syntax.opening() && matcher.matches()) {
      events.startCall(matcher.group(1));
      unread.setLength(0);
      arguments = Optional.of(new LiteralReader(syntax));
      expected = Expected.ARGUMENTS;
      return argument(next);
    }
    heading.append(next);
    if (!mayBeHead()) {
      return false;
    }
    unread.append(next);
    return true;
  }

  @SuppressWarnings("JdkObsolete") // hitEnd is for text that comes in pieces, as this does
  private boolean mayBeHead() {
    Matcher matcher = head.matcher(heading);
    return heading.length() <= MAX_HEAD_CHARS && (matcher.matches() || matcher.hitEnd());
  }

  private boolean argument(char next) {
    JsonScanner.Status status = arguments.orElseThrow().accept(next, json);
    if (status == JsonScanner.Status.COMPLETE) {
      giveArguments();
      events.endCall();
      expected = Expected.NEXT;
    }
    return status != JsonScanner.Status.INVALID;
  }

  private void giveArguments() {
    if (!json.isEmpty()) {
      events.arguments(json);
      json.setLength(0);
    }
  }
}
