package dev.flyball.engine.dialect;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads calls in a {@link BlockNotation}. A call starts once its name is known; pairs are given on
 * as they are complete, as members of one JSON object.
 */
final class BlockReader implements CallsReader {
  /** Tags longer than this are none. */
  private static final int MAX_TAG_CHARS = 1024;

  private enum Expected {
    NAME,
    PAIR,
    VALUE,
    OBJECT,
    CALL_END,
    NAME_OR_CLOSING,
    OPENING,
    NOTHING
  }

  private final EventCollector events;
  private final BlockNotation notation;
  private final Pattern opening;
  private final Map<String, CallableFunction> functions;
  private final StringBuilder unread = new StringBuilder();
  private Optional<CallReader> object = Optional.empty();
  private Expected expected = Expected.NAME;
  private String function = "";
  private String key = "";
  private @Nullable String isText;
  private boolean anyPair;

  /**
   * @param functions by name: the types of their arguments are taken from them
   */
  BlockReader(
      EventCollector events, BlockNotation notation, Map<String, CallableFunction> functions) {
    this.events = events;
    this.notation = notation;
    opening = Pattern.compile("\\s*" + Pattern.quote(notation.opening()));
    this.functions = functions;
    unread.append(notation.opening());
  }

  @Override
  public boolean read(StringBuilder text) {
    boolean more = true;
    while (more && expected != Expected.NOTHING) {
      more = expected == Expected.OBJECT ? readObject(text) : readTag(text);
    }
    return expected == Expected.NOTHING;
  }

  @Override
  public String abandon() {
    events.endCall();
    String rest = unread.toString();
    unread.setLength(0);
    return rest;
  }

  private boolean readTag(StringBuilder text) {
    return switch (expected) {
      case NAME -> tag(text, notation.name()).map(this::begin).orElseGet(() -> lacks(text));
      case PAIR ->
          tag(text, notation.callEnd())
              .map(end -> endPairs())
              .or(() -> tag(text, notation.pairs().orElseThrow().key()).map(this::beginValue))
              .orElseGet(() -> lacks(text));
      case VALUE -> readValue(text);
      case CALL_END ->
          tag(text, notation.callEnd()).map(end -> endCall()).orElseGet(() -> lacks(text));
      case NAME_OR_CLOSING ->
          tag(text, notation.name())
              .map(this::begin)
              .or(() -> tag(text, closing()).map(end -> expect(Expected.OPENING)))
              .orElseGet(() -> lacks(text));
      default ->
          tag(text, opening).map(again -> expect(Expected.NAME)).orElseGet(() -> lacks(text));
    };
  }

  /** A tag at the beginning of a text, taken from it. */
  private static Optional<Matcher> tag(StringBuilder text, Pattern tag) {
    String all = text.toString();
    Matcher matcher = tag.matcher(all);
    if (!matcher.lookingAt()) {
      return Optional.empty();
    }
    text.delete(0, matcher.end());
    return Optional.of(matcher);
  }

  /** Whether a text that has no tag yet may get one: it is left; else the calls are over. */
  private boolean lacks(StringBuilder text) {
    boolean mayCome =
        text.length() < MAX_TAG_CHARS
            && switch (expected) {
              case NAME -> mayBe(text, notation.name());
              case PAIR ->
                  mayBe(text, notation.callEnd())
                      || mayBe(text, notation.pairs().orElseThrow().key());
              case CALL_END -> mayBe(text, notation.callEnd());
              case NAME_OR_CLOSING -> mayBe(text, notation.name()) || mayBe(text, closing());
              default -> mayBe(text, opening);
            };
    if (!mayCome) {
      expected = Expected.NOTHING;
    }
    return false;
  }

  @SuppressWarnings("JdkObsolete") // hitEnd is for text that comes in pieces, as this does
  private static boolean mayBe(StringBuilder text, Pattern tag) {
    Matcher matcher = tag.matcher(text);
    return !matcher.lookingAt() && matcher.hitEnd();
  }

  private boolean begin(Matcher name) {
    function = name.group(1) != null ? name.group(1) : name.group(2);
    unread.setLength(0);
    events.startCall(function);
    anyPair = false;
    if (notation.pairs().isPresent()) {
      events.arguments("{");
      return expect(Expected.PAIR);
    }
    object = Optional.of(CallReader.ofArguments(events, function));
    return expect(Expected.OBJECT);
  }

  private boolean beginValue(Matcher tag) {
    key = tag.group(1).strip();
    isText = tag.namedGroups().containsKey("text") ? tag.group("text") : null;
    return expect(Expected.VALUE);
  }

  private boolean readValue(StringBuilder text) {
    BlockNotation.Pairs pairs = notation.pairs().orElseThrow();
    int end = text.indexOf(pairs.valueEnd());
    if (end < 0) {
      return false;
    }
    String value = text.substring(0, end);
    text.delete(0, end + pairs.valueEnd().length());
    ArgumentValue argument = new ArgumentValue(pairs.lined() ? withoutLines(value) : value);
    events.arguments((anyPair ? ", " : "") + ArgumentValue.quoted(key) + ": ");
    events.arguments(
        isText == null
            ? argument.asTypeOf(functions.get(function), key)
            : isText.equals("true") ? ArgumentValue.quoted(argument.text()) : argument.json());
    anyPair = true;
    return expect(Expected.PAIR);
  }

  private static String withoutLines(String value) {
    int from = value.startsWith("\n") ? 1 : 0;
    int to = value.endsWith("\n") && value.length() > from ? value.length() - 1 : value.length();
    return value.substring(from, to);
  }

  private boolean endPairs() {
    events.arguments("}");
    return endCall();
  }

  private boolean endCall() {
    events.endCall();
    return expect(notation.closing().isPresent() ? Expected.NAME_OR_CLOSING : Expected.OPENING);
  }

  private Pattern closing() {
    return notation.closing().orElseThrow();
  }

  private boolean readObject(StringBuilder text) {
    CallReader reader = object.orElseThrow();
    CallReader.Status status = CallReader.Status.OPEN;
    int taken = 0;
    while (taken < text.length() && status == CallReader.Status.OPEN) {
      status = reader.accept(text.charAt(taken++));
    }
    text.delete(0, status == CallReader.Status.INVALID ? taken - 1 : taken);
    return switch (status) {
      case OPEN -> false;
      case COMPLETE -> expect(Expected.CALL_END);
      case INVALID -> expect(Expected.NOTHING);
    };
  }

  private boolean expect(Expected next) {
    expected = next;
    return true;
  }
}
