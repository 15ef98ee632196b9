package dev.flyball.engine.template;

/**
 * A string that the filter {@code safe} or {@code escape} made. Nothing is escaped when it is
 * printed, as chat templates render without autoescape; but {@code +} with an ordinary string
 * escapes that string, and templates are written against the outcome.
 */
record Markup(String text) {
  /** Escapes what is special in HTML, unless it is marked up already. */
  static Markup escape(Object value, Budget budget) {
    if (value instanceof Markup markup) {
      return markup;
    }
    String text = Repr.str(value, budget);
    String escaped =
        text.replace("&", "&amp;")
            .replace(">", "&gt;")
            .replace("<", "&lt;")
            .replace("'", "&#39;")
            .replace("\"", "&#34;");
    budget.text(escaped.length());
    return new Markup(escaped);
  }
}
