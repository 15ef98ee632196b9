package dev.flyball.engine.dialect;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the calls behind one marker. What cannot be read any more is left to the caller; text that
 * was read but belongs to no call is given by {@link #abandon}.
 */
final class CallListReader implements CallsReader {
  /** Longest text between Mistral's marker and the arguments. */
  private static final int MAX_NAME_CHARS = 512;

  private static final int MAX_MARKER_CHARS = 32;

  /** {@code name}, {@code name[ARGS]}, {@code name[CALL_ID]id[ARGS]}. */
  private static final Pattern NAMED =
      Pattern.compile("\\s*([A-Za-z0-9_.-]+)(\\[CALL_ID][A-Za-z0-9_-]*)?(\\[ARGS])?\\s*");

  private enum Progress {
    GOING_ON,
    NEEDS_MORE,
    OVER
  }

  private final EventCollector events;
  private final ToolNotation tools;
  private final Set<String> names;
  private final boolean unmarked;
  private final StringBuilder unread = new StringBuilder();
  private Optional<CallReader> call = Optional.empty();
  private boolean named;
  private boolean bracketed;
  private boolean anyCall;

  /**
   * @param names of the functions that may be called
   * @param marker what announced the calls
   * @param unmarked whether nothing did, so that only known names make calls
   */
  CallListReader(
      EventCollector events,
      ToolNotation tools,
      Set<String> names,
      String marker,
      boolean unmarked) {
    this.events = events;
    this.tools = tools;
    this.names = names;
    this.unmarked = unmarked;
    unread.append(marker);
  }

  @Override
  public boolean read(StringBuilder text) {
    int taken = 0;
    Progress progress = Progress.GOING_ON;
    while (taken < text.length() && progress == Progress.GOING_ON) {
      String marker = call.isPresent() ? "" : markerAt(text, taken);
      if (!marker.isEmpty()) {
        int length = Math.min(marker.length(), text.length() - taken);
        progress = length < marker.length() ? Progress.NEEDS_MORE : marker(marker);
        taken += progress == Progress.NEEDS_MORE ? 0 : length;
      } else if (accepts(text.charAt(taken))) {
        taken++;
      } else {
        progress = Progress.OVER;
      }
    }
    text.delete(0, taken);
    return progress == Progress.OVER;
  }

  @Override
  public String abandon() {
    events.endCall();
    String rest = unread.toString();
    unread.setLength(0);
    return rest;
  }

  private boolean accepts(char next) {
    if (call.isEmpty()) {
      return next == '{' ? begin() : separates(next);
    }
    CallReader reader = call.get();
    CallReader.Status status = reader.accept(next);
    if (status == CallReader.Status.OPEN) {
      unread.append(next);
    }
    if (reader.started()) {
      unread.setLength(0);
    }
    if (status == CallReader.Status.COMPLETE) {
      call = Optional.empty();
      named = false;
      anyCall = true;
    }
    return status != CallReader.Status.INVALID;
  }

  /** Whether a character may stand outside of calls. */
  private boolean separates(char next) {
    if (next == ']' && bracketed && anyCall) {
      bracketed = false;
      return true;
    }
    boolean opens = next == '[' && !bracketed && !anyCall;
    boolean separator = opens || JsonScanner.isBlank(next) || (anyCall && ",;".indexOf(next) >= 0);
    boolean inName = tools == ToolNotation.MISTRAL && !anyCall && !bracketed;
    if (named || (inName && !separator)) {
      named = true;
      unread.append(next);
      return unread.length() <= MAX_NAME_CHARS;
    }
    bracketed |= opens;
    if (separator) {
      unread.append(next);
    }
    return separator && unread.length() <= MAX_NAME_CHARS;
  }

  private boolean begin() {
    if (named) {
      Matcher head = NAMED.matcher(unread.substring(tools.opening().length()));
      if (!head.matches()) {
        return false;
      }
      call = Optional.of(CallReader.ofArguments(events, head.group(1)));
    } else {
      call = Optional.of(new CallReader(events, this::isKnown, unmarked));
    }
    return accepts('{');
  }

  /** The marker that stands at a place of the text, as far as the text goes; or nothing. */
  private String markerAt(StringBuilder text, int from) {
    List<String> markers =
        tools == ToolNotation.MISTRAL && anyCall
            ? List.of(tools.opening())
            : tools.closing().isEmpty() ? List.of() : List.of(tools.closing());
    Markers found =
        Markers.find(
            text.subSequence(from, Math.min(text.length(), from + MAX_MARKER_CHARS)), markers);
    return found.start() == 0 ? markers.getFirst() : "";
  }

  private Progress marker(String marker) {
    if (marker.equals(tools.opening())) {
      unread.setLength(0);
      unread.append(marker);
      anyCall = false;
      return Progress.GOING_ON;
    }
    if (anyCall) {
      unread.setLength(0);
    } else {
      unread.append(marker);
    }
    return Progress.OVER;
  }

  private boolean isKnown(String name) {
    return !unmarked || names.contains(name);
  }
}
