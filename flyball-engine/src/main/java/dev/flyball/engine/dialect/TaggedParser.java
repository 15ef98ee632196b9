package dev.flyball.engine.dialect;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads answers in which markers stand around thoughts and before calls.
 *
 * <p>A thought opens only before any content, since later its marker is something that the model
 * speaks about. Behind the marker of calls any number of them may come, separated by blanks, commas
 * or semicolons, in brackets or not: one grammar reads what every family writes.
 */
final class TaggedParser implements AnswerParser {
  private enum Mode {
    REASONING,
    CONTENT,
    CALLS
  }

  private final ToolNotation tools;
  private final Optional<ThinkingTags> thinking;
  private final Map<String, CallableFunction> functions;
  private final EventCollector events = new EventCollector();
  private final StringBuilder pending = new StringBuilder();
  private Optional<CallsReader> calls = Optional.empty();
  private Mode mode;
  private boolean contentBegan;
  private boolean thought;

  /**
   * @param open whether the answer begins within a thought
   * @param functions that may be called, by name
   */
  TaggedParser(
      ToolNotation tools,
      Optional<ThinkingTags> thinking,
      boolean open,
      Map<String, CallableFunction> functions) {
    this.tools = tools;
    this.thinking = thinking;
    this.functions = functions;
    mode = open ? Mode.REASONING : Mode.CONTENT;
    if (open) {
      events.boundary();
      thought = true;
    }
  }

  @Override
  public List<AnswerEvent> accept(String text) {
    pending.append(text);
    readAll();
    return events.take();
  }

  @Override
  public List<AnswerEvent> finish() {
    calls.ifPresent(list -> content(list.abandon()));
    if (mode == Mode.REASONING) {
      events.reasoning(pending);
    } else {
      content(pending);
    }
    pending.setLength(0);
    return events.takeRest();
  }

  private void readAll() {
    while (!pending.isEmpty()) {
      boolean more =
          switch (mode) {
            case REASONING -> readReasoning();
            case CONTENT -> readContent();
            case CALLS -> readCalls();
          };
      if (!more) {
        return;
      }
    }
  }

  private boolean readReasoning() {
    Markers end = Markers.find(pending, List.of(thinking.orElseThrow().closing()));
    events.reasoning(taken(end.start()));
    if (!end.found()) {
      return false;
    }
    taken(end.marker().length());
    events.boundary();
    mode = Mode.CONTENT;
    return true;
  }

  private boolean readContent() {
    if (!contentBegan && tools.unmarked()) {
      int first = firstCharacter();
      if (first < pending.length() && "{[".indexOf(pending.charAt(first)) >= 0) {
        return beginCalls(taken(first), true);
      }
    }
    Markers next = Markers.find(pending, contentMarkers());
    content(taken(next.start()));
    if (!next.found()) {
      return false;
    }
    if (next.marker().equals(tools.opening())) {
      return beginCalls(taken(next.marker().length()), false);
    }
    if (contentBegan) { // a thought's marker in the middle of an answer is spoken about
      content(taken(next.marker().length()));
      return true;
    }
    taken(next.marker().length());
    events.boundary();
    thought = true;
    mode = Mode.REASONING;
    return true;
  }

  private boolean beginCalls(String marker, boolean unmarked) {
    calls = Optional.of(reader(marker, unmarked));
    mode = Mode.CALLS;
    return true;
  }

  private CallsReader reader(String marker, boolean unmarked) {
    Optional<BlockNotation> block = BlockNotation.of(tools);
    if (block.isPresent()) {
      return new BlockReader(events, block.get(), functions);
    }
    return switch (tools) {
      case GEMMA -> new LiteralCallsReader(events, tools, LiteralReader.Syntax.GEMMA);
      case LFM2 -> new LiteralCallsReader(events, tools, LiteralReader.Syntax.PYTHON);
      default -> new CallListReader(events, tools, functions.keySet(), marker, unmarked);
    };
  }

  private boolean readCalls() {
    CallsReader list = calls.orElseThrow();
    if (!list.read(pending)) {
      return false;
    }
    calls = Optional.empty();
    mode = Mode.CONTENT;
    content(list.abandon());
    contentBegan = true;
    return true;
  }

  private List<String> contentMarkers() {
    List<String> markers = new ArrayList<>(2);
    if (tools != ToolNotation.NONE) {
      markers.add(tools.opening());
    }
    if (!contentBegan && !thought) {
      thinking.ifPresent(tags -> markers.add(tags.opening()));
    }
    return markers;
  }

  private int firstCharacter() {
    int first = 0;
    while (first < pending.length() && JsonScanner.isBlank(pending.charAt(first))) {
      first++;
    }
    return first;
  }

  private void content(CharSequence text) {
    contentBegan |= !text.toString().isBlank();
    events.content(text);
  }

  private String taken(int length) {
    String text = pending.substring(0, length);
    pending.delete(0, length);
    return text;
  }
}
