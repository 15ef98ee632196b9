package dev.flyball.engine.dialect;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads answers in the Harmony format of gpt-oss (OpenAI, "Harmony response format"): messages of a
 * head, {@code <|message|>}, and a body. A message to {@code functions.name} is a call, one on the
 * channel {@code analysis} is thought, any other is content. The prompt has opened the first head.
 */
final class HarmonyParser implements AnswerParser {
  private static final String MESSAGE = "<|message|>";
  private static final String START = "<|start|>";
  private static final String CHANNEL = "<|channel|>";
  private static final List<String> ENDS =
      List.of("<|end|>", "<|call|>", "<|return|>", START, CHANNEL);

  /** All its markers. */
  static final List<String> MARKERS =
      List.of("<|end|>", "<|call|>", "<|return|>", START, CHANNEL, MESSAGE, "<|constrain|>");

  private static final int MAX_HEAD_CHARS = 512;
  private static final Pattern RECIPIENT =
      Pattern.compile("to=functions\\.([A-Za-z0-9_.-]{1,256})");
  private static final Pattern ANALYSIS = Pattern.compile("<\\|channel\\|>\\s*analysis");

  private enum Body {
    HEAD,
    REASONING,
    CONTENT,
    CALL
  }

  private final boolean readsCalls;
  private final EventCollector events = new EventCollector();
  private final StringBuilder pending = new StringBuilder();
  private Body body = Body.HEAD;

  /**
   * @param readsCalls whether calls are told apart; else they are content
   */
  HarmonyParser(boolean readsCalls) {
    this.readsCalls = readsCalls;
  }

  @Override
  public List<AnswerEvent> accept(String text) {
    pending.append(text);
    boolean more = true;
    while (more && !pending.isEmpty()) {
      more = body == Body.HEAD ? readHead() : readBody();
    }
    return events.take();
  }

  @Override
  public List<AnswerEvent> finish() {
    write(pending);
    pending.setLength(0);
    return events.takeRest();
  }

  private boolean readHead() {
    Markers message = Markers.find(pending, List.of(MESSAGE));
    if (!mayBeHead(pending.substring(0, message.start()))) {
      body = Body.CONTENT;
      return true;
    }
    if (!message.found()) {
      return false;
    }
    begin(pending.substring(0, message.start()));
    pending.delete(0, message.start() + MESSAGE.length());
    return true;
  }

  static boolean mayBeHead(String text) {
    String head = text.stripLeading();
    String recipient = "to=";
    return text.length() <= MAX_HEAD_CHARS
        && (head.startsWith("<") || recipient.startsWith(head) || head.startsWith(recipient));
  }

  private void begin(String head) {
    Matcher recipient = RECIPIENT.matcher(head);
    events.boundary();
    if (readsCalls && recipient.find()) {
      events.startCall(recipient.group(1));
      body = Body.CALL;
    } else {
      body = ANALYSIS.matcher(head).find() ? Body.REASONING : Body.CONTENT;
    }
  }

  private boolean readBody() {
    Markers end = Markers.find(pending, ENDS);
    write(pending.substring(0, end.start()));
    pending.delete(0, end.start());
    if (!end.found()) {
      return false;
    }
    boolean headFollows = end.marker().equals(START) || end.marker().equals(CHANNEL);
    pending.delete(0, headFollows ? 0 : end.marker().length());
    events.boundary();
    events.endCall();
    body = Body.HEAD;
    return true;
  }

  private void write(CharSequence text) {
    switch (body) {
      case REASONING -> events.reasoning(text);
      case CALL -> events.arguments(text);
      case HEAD, CONTENT -> events.content(text);
    }
  }
}
