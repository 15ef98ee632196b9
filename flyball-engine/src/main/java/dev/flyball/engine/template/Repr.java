package dev.flyball.engine.template;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Text of values: {@code str(x)}, which templates print, and {@code repr(x)}. */
final class Repr {
  private final Budget budget;
  private final StringBuilder text = new StringBuilder();

  private Repr(Budget budget) {
    this.budget = budget;
  }

  static String str(Object value, Budget budget) {
    return switch (value) {
      case String string -> string;
      case Markup markup -> markup.text();
      case Long number -> Long.toString(number);
      case Undefined _ -> "";
      default -> repr(value, budget);
    };
  }

  static String repr(Object value, Budget budget) {
    Repr repr = new Repr(budget);
    repr.append(value);
    budget.text(repr.text.length());
    return repr.text.toString();
  }

  private void append(Object value) {
    budget.enter();
    budget.checkText(text.length());
    switch (value) {
      case None _ -> text.append("None");
      case Boolean truth -> text.append(truth ? "True" : "False");
      case Long number -> text.append((long) number);
      case BigInteger number -> text.append(number);
      case Double number -> text.append(Numbers.repr(number));
      case String string -> appendQuoted(string);
      case Markup markup -> {
        text.append("Markup(");
        appendQuoted(markup.text());
        text.append(')');
      }
      case IntRange range -> text.append(range);
      case List<?> list -> appendItems("[", Values.list(list).iterator(), "]");
      case Tuple tuple ->
          appendItems("(", tuple.items().iterator(), tuple.items().size() == 1 ? ",)" : ")");
      case Map<?, ?> dict -> appendDict(Values.dict(dict));
      case DictView view -> appendItems(view.part().typeName() + "([", view.iterator(), "])");
      case Namespace namespace -> {
        text.append("<Namespace ");
        appendDict(namespace.attributes());
        text.append('>');
      }
      case Undefined _ -> text.append("Undefined");
      default -> text.append('<').append(Values.typeName(value)).append('>');
    }
    budget.leave();
  }

  private void appendItems(String open, Iterator<Object> items, String close) {
    text.append(open);
    while (items.hasNext()) {
      append(items.next());
      text.append(items.hasNext() ? ", " : "");
    }
    text.append(close);
  }

  private void appendDict(Map<Object, Object> dict) {
    text.append('{');
    String separator = "";
    for (Map.Entry<Object, Object> entry : dict.entrySet()) {
      text.append(separator);
      append(entry.getKey());
      text.append(": ");
      append(entry.getValue());
      separator = ", ";
    }
    text.append('}');
  }

  private void appendQuoted(String string) {
    budget.text(string.length());
    char quote = string.indexOf('\'') >= 0 && string.indexOf('"') < 0 ? '"' : '\'';
    text.append(quote);
    string.codePoints().forEach(codePoint -> appendEscaped(codePoint, quote));
    text.append(quote);
  }

  private void appendEscaped(int codePoint, char quote) {
    switch (codePoint) {
      case '\\' -> text.append("\\\\");
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      default -> {
        if (codePoint == quote) {
          text.append('\\').append(quote);
        } else if (isPrintable(codePoint)) {
          text.appendCodePoint(codePoint);
        } else if (codePoint < 0x100) {
          text.append("\\x%02x".formatted(codePoint));
        } else {
          text.append((codePoint < 0x10000 ? "\\u%04x" : "\\U%08x").formatted(codePoint));
        }
      }
    }
  }

  /** {@code str.isprintable()} of a character. */
  static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> codePoint == ' ';
      default -> true;
    };
  }
}
