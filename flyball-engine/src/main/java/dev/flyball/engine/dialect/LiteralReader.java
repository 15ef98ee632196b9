package dev.flyball.engine.dialect;

import java.util.regex.Pattern;

/**
 * Turns the arguments of one call, written as literals of another language, into a JSON object,
 * character by character: from the opening bracket to its closing one. What is no literal that JSON
 * has becomes a string. Not thread-safe.
 */
final class LiteralReader {
  /** How arguments are written. */
  enum Syntax {
    /** {@code (city='Pune', days=[1, 2])}, with JSON's literals and brackets too. */
    PYTHON('(', "'\""),
    /** <code>{city:&lt;|"|&gt;Pune&lt;|"|&gt;,days:[1,2]}</code>. */
    GEMMA('{', "<");

    private final char opening;
    private final String quoteStarts;

    Syntax(char opening, String quoteStarts) {
      this.opening = opening;
      this.quoteStarts = quoteStarts;
    }

    char opening() {
      return opening;
    }
  }

  /** What stands on either side of Gemma's strings. */
  static final String GEMMA_QUOTE = "<|\"|>";

  private static final int MAX_DEPTH = 64;
  private static final int MAX_WORD_CHARS = 4096;
  private static final String ESCAPED = "nrtbf";
  private static final String MEANT = "\n\r\t\b\f";
  private static final Pattern CONSTANT = Pattern.compile("True|False|None");

  private enum Expected {
    OPENING,
    ITEM,
    VALUE,
    WORD,
    QUOTE,
    STRING,
    ESCAPE,
    HEX,
    /** Behind what may be the end of a string or an apostrophe within it. */
    STRING_END,
    SEPARATOR,
    COLON
  }

  private final Syntax syntax;
  private final StringBuilder closers = new StringBuilder();
  private final StringBuilder word = new StringBuilder();
  private Expected expected = Expected.OPENING;
  private boolean key;
  private boolean anyItem;
  private char quote;
  private int quoteRead;
  private int hexLeft;

  LiteralReader(Syntax syntax) {
    this.syntax = syntax;
  }

  /** Reads a character and appends what it means; none may follow unless the call is open. */
  JsonScanner.Status accept(char next, StringBuilder json) {
    return switch (expected) {
      case OPENING -> next == syntax.opening ? open(next, json) : JsonScanner.Status.INVALID;
      case ITEM -> JsonScanner.isBlank(next) ? JsonScanner.Status.OPEN : item(next, json);
      case VALUE -> JsonScanner.isBlank(next) ? JsonScanner.Status.OPEN : value(next, json);
      case WORD -> word(next, json);
      case QUOTE -> quote(next, json);
      case STRING -> string(next, json);
      case ESCAPE -> escape(next, json);
      case HEX -> hex(next, json);
      case STRING_END -> stringEnd(next, json);
      case SEPARATOR -> JsonScanner.isBlank(next) ? JsonScanner.Status.OPEN : separator(next, json);
      case COLON -> JsonScanner.isBlank(next) ? JsonScanner.Status.OPEN : colon(next, json);
    };
  }

  private JsonScanner.Status open(char bracket, StringBuilder json) {
    if (closers.length() == MAX_DEPTH) {
      return JsonScanner.Status.INVALID;
    }
    closers.append(bracket == '[' ? ']' : bracket == '(' ? ')' : '}');
    json.append(bracket == '[' ? '[' : '{');
    anyItem = false;
    return expect(Expected.ITEM);
  }

  private char closer() {
    return closers.charAt(closers.length() - 1);
  }

  private boolean inList() {
    return closer() == ']';
  }

  private JsonScanner.Status item(char next, StringBuilder json) {
    if (next == closer()) {
      return close(json);
    }
    if (anyItem) {
      json.append(", ");
    }
    anyItem = true;
    key = !inList();
    return begin(next, json);
  }

  private JsonScanner.Status value(char next, StringBuilder json) {
    key = false;
    return begin(next, json);
  }

  private JsonScanner.Status begin(char next, StringBuilder json) {
    if (syntax.quoteStarts.indexOf(next) >= 0) {
      quote = next;
      quoteRead = 1;
      if (syntax == Syntax.GEMMA) {
        return expect(Expected.QUOTE);
      }
      json.append('"');
      return expect(Expected.STRING);
    }
    if (!key && (next == '{' || next == '[')) {
      return open(next, json);
    }
    word.setLength(0);
    expected = Expected.WORD;
    return "{}[]():=,".indexOf(next) >= 0 ? JsonScanner.Status.INVALID : word(next, json);
  }

  private JsonScanner.Status word(char next, StringBuilder json) {
    boolean ends =
        key
            ? next == keyEnd()
            : ",]}".indexOf(next) >= 0 || (next == ')' && syntax == Syntax.PYTHON);
    if (!ends) {
      word.append(next);
      boolean wrong = key && "{}[](),".indexOf(next) >= 0;
      return wrong || word.length() > MAX_WORD_CHARS
          ? JsonScanner.Status.INVALID
          : JsonScanner.Status.OPEN;
    }
    String text = word.toString().strip();
    if (key) {
      json.append(ArgumentValue.quoted(text));
      return colon(next, json);
    }
    json.append(
        CONSTANT.matcher(text).matches()
            ? text.equals("None") ? "null" : text.equals("True") ? "true" : "false"
            : new ArgumentValue(text).literal());
    return separator(next, json);
  }

  private char keyEnd() {
    return closer() == ')' ? '=' : ':';
  }

  private JsonScanner.Status colon(char next, StringBuilder json) {
    if (next != keyEnd()) {
      return JsonScanner.Status.INVALID;
    }
    json.append(": ");
    return expect(Expected.VALUE);
  }

  /** The opening of one of Gemma's strings, or a word that begins alike. */
  private JsonScanner.Status quote(char next, StringBuilder json) {
    if (next == GEMMA_QUOTE.charAt(quoteRead)) {
      quoteRead++;
      if (quoteRead < GEMMA_QUOTE.length()) {
        return JsonScanner.Status.OPEN;
      }
      quoteRead = 0;
      json.append('"');
      return expect(Expected.STRING);
    }
    word.setLength(0);
    word.append(GEMMA_QUOTE, 0, quoteRead);
    expected = Expected.WORD;
    return word(next, json);
  }

  private JsonScanner.Status string(char next, StringBuilder json) {
    if (syntax == Syntax.GEMMA) {
      return gemmaString(next, json);
    }
    if (next == quote) {
      return expect(Expected.STRING_END);
    }
    if (next == '\\') {
      return expect(Expected.ESCAPE);
    }
    ArgumentValue.appendEscaped(next, json);
    return JsonScanner.Status.OPEN;
  }

  private JsonScanner.Status gemmaString(char next, StringBuilder json) {
    if (next == GEMMA_QUOTE.charAt(quoteRead)) {
      quoteRead++;
      return quoteRead < GEMMA_QUOTE.length() ? JsonScanner.Status.OPEN : endString(json);
    }
    for (int i = 0; i < quoteRead; i++) {
      ArgumentValue.appendEscaped(GEMMA_QUOTE.charAt(i), json);
    }
    quoteRead = next == GEMMA_QUOTE.charAt(0) ? 1 : 0;
    if (quoteRead == 0) {
      ArgumentValue.appendEscaped(next, json);
    }
    return JsonScanner.Status.OPEN;
  }

  /** Templates write apostrophes within single quotation marks without escaping them. */
  private JsonScanner.Status stringEnd(char next, StringBuilder json) {
    if (quote == '"' || JsonScanner.isBlank(next) || ",]}):=".indexOf(next) >= 0) {
      var _ = endString(json);
      return accept(next, json);
    }
    ArgumentValue.appendEscaped(quote, json);
    expected = Expected.STRING;
    return string(next, json);
  }

  private JsonScanner.Status endString(StringBuilder json) {
    json.append('"');
    return expect(key ? Expected.COLON : Expected.SEPARATOR);
  }

  private JsonScanner.Status escape(char next, StringBuilder json) {
    if (next == 'u' || next == 'x') {
      hexLeft = next == 'u' ? 4 : 2;
      word.setLength(0);
      return expect(Expected.HEX);
    }
    int known = ESCAPED.indexOf(next);
    if (known >= 0) {
      ArgumentValue.appendEscaped(MEANT.charAt(known), json);
    } else if (next != '\n') {
      if ("'\"\\/".indexOf(next) < 0) {
        ArgumentValue.appendEscaped('\\', json);
      }
      ArgumentValue.appendEscaped(next, json);
    }
    return expect(Expected.STRING);
  }

  private JsonScanner.Status hex(char next, StringBuilder json) {
    if (next > 'f' || Character.digit(next, 16) < 0) {
      return JsonScanner.Status.INVALID;
    }
    word.append(next);
    if (--hexLeft > 0) {
      return JsonScanner.Status.OPEN;
    }
    ArgumentValue.appendEscaped((char) Integer.parseInt(word.toString(), 16), json);
    return expect(Expected.STRING);
  }

  private JsonScanner.Status separator(char next, StringBuilder json) {
    if (next == ',') {
      return expect(Expected.ITEM);
    }
    return next == closer() ? close(json) : JsonScanner.Status.INVALID;
  }

  private JsonScanner.Status close(StringBuilder json) {
    json.append(inList() ? ']' : '}');
    closers.setLength(closers.length() - 1);
    anyItem = true;
    expected = Expected.SEPARATOR;
    return closers.isEmpty() ? JsonScanner.Status.COMPLETE : JsonScanner.Status.OPEN;
  }

  private JsonScanner.Status expect(Expected next) {
    expected = next;
    return JsonScanner.Status.OPEN;
  }
}
