package dev.flyball.engine.dialect;

import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Reads one call, character by character: {@code {"name": "f", "arguments": {...}}} with its keys
 * in any order, or their like in other families, or the arguments alone where the name stood before
 * them. The call starts once its name is known and its arguments have begun; until then it can
 * still turn out to be something else.
 */
final class CallReader {
  /** Arguments before the name wait for it; a head longer than this is no call. */
  static final int MAX_HEAD_CHARS = 64 * 1024;

  /** What else an object may have, with a string. */
  private static final Set<String> OTHERS = Set.of("type", "id", "tool_call_id");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,256}");

  /** What is known of the call so far. */
  enum Status {
    OPEN,
    COMPLETE,
    INVALID
  }

  private enum Expected {
    OPENING,
    KEY_OR_END,
    KEY,
    COLON,
    VALUE,
    ARGUMENTS,
    SEPARATOR
  }

  private final EventCollector events;
  private final Predicate<String> known;
  private final boolean needsArguments;
  private final boolean bare;
  private final StringBuilder value = new StringBuilder();
  private final StringBuilder waiting = new StringBuilder();
  private JsonScanner scanner = new JsonScanner();
  private Expected expected = Expected.OPENING;
  private String key = "";
  private String name = "";
  private boolean hasArguments;
  private boolean started;
  private int length;

  /**
   * A call in one object.
   *
   * @param known whether a function of this name may be called
   * @param needsArguments whether an object without arguments is no call
   */
  CallReader(EventCollector events, Predicate<String> known, boolean needsArguments) {
    this.events = events;
    this.known = known;
    this.needsArguments = needsArguments;
    this.bare = false;
  }

  private CallReader(EventCollector events, String name) {
    this.events = events;
    this.known = any -> true;
    this.needsArguments = true;
    this.bare = true;
    this.name = name;
    key = "arguments";
    expected = Expected.VALUE;
  }

  /** A call whose name is known already: what follows are its arguments. */
  static CallReader ofArguments(EventCollector events, String name) {
    return new CallReader(events, name);
  }

  /** Whether the call has been announced, so that it cannot become content any more. */
  boolean started() {
    return started;
  }

  Status accept(char next) {
    if (!started && ++length > MAX_HEAD_CHARS) {
      return Status.INVALID;
    }
    if (value.isEmpty() && expected != Expected.ARGUMENTS && JsonScanner.isBlank(next)) {
      return Status.OPEN;
    }
    return switch (expected) {
      case OPENING -> next == '{' ? expect(Expected.KEY_OR_END) : Status.INVALID;
      case KEY_OR_END -> next == '}' && value.isEmpty() ? end() : string(next);
      case KEY -> string(next);
      case VALUE -> isArguments(key) ? beginArguments(next) : string(next);
      case ARGUMENTS -> argument(next);
      case COLON -> next == ':' ? expect(Expected.VALUE) : Status.INVALID;
      case SEPARATOR -> separator(next);
    };
  }

  private Status separator(char next) {
    if (next == ',') {
      return expect(Expected.KEY);
    }
    return next == '}' ? end() : Status.INVALID;
  }

  private Status end() {
    if (!started) {
      if (name.isEmpty() || needsArguments) {
        return Status.INVALID;
      }
      start();
      events.arguments("{}");
    }
    events.endCall();
    return Status.COMPLETE;
  }

  private Status beginArguments(char next) {
    if (next != '{' || hasArguments) {
      return Status.INVALID;
    }
    hasArguments = true;
    if (!name.isEmpty()) {
      start();
    }
    scanner = new JsonScanner();
    expected = Expected.ARGUMENTS;
    return argument(next);
  }

  private Status argument(char next) {
    String written = scanner.inString() && next < ' ' ? escaped(next) : String.valueOf(next);
    JsonScanner.Status status = scanner.accept(next);
    if (status == JsonScanner.Status.INVALID) {
      return Status.INVALID;
    }
    if (started) {
      events.arguments(written);
    } else {
      waiting.append(written);
    }
    return status == JsonScanner.Status.COMPLETE ? argumentsEnd() : Status.OPEN;
  }

  private Status argumentsEnd() {
    if (bare) {
      events.endCall();
      return Status.COMPLETE;
    }
    return expect(Expected.SEPARATOR);
  }

  /** A key, or a value that is no arguments: a string. */
  private Status string(char next) {
    if (value.isEmpty()) {
      if (next != '"') {
        return Status.INVALID;
      }
      scanner = new JsonScanner();
    }
    value.append(next);
    return switch (scanner.accept(next)) {
      case OPEN -> Status.OPEN;
      case INVALID -> Status.INVALID;
      case COMPLETE -> stringEnds();
    };
  }

  private Status stringEnds() {
    String text = value.substring(1, value.length() - 1);
    value.setLength(0);
    if (expected != Expected.VALUE) {
      key = text;
      return isExpected(key) ? expect(Expected.COLON) : Status.INVALID;
    }
    if (isName(key)) {
      if (!name.isEmpty() || !NAME.matcher(text).matches() || !known.test(text)) {
        return Status.INVALID;
      }
      name = text;
      if (hasArguments) {
        start();
        events.arguments(waiting);
      }
    }
    return expect(Expected.SEPARATOR);
  }

  private void start() {
    started = true;
    events.startCall(name);
  }

  private static boolean isArguments(String key) {
    return key.equals("arguments") || key.equals("parameters");
  }

  private static boolean isName(String key) {
    return key.equals("name") || key.equals("tool_name");
  }

  private static boolean isExpected(String key) {
    return isName(key) || isArguments(key) || OTHERS.contains(key);
  }

  private static String escaped(char control) {
    return "\\u%04x".formatted((int) control);
  }

  private Status expect(Expected next) {
    expected = next;
    return Status.OPEN;
  }
}
