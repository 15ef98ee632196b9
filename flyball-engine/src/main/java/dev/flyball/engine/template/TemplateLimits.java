package dev.flyball.engine.template;

/**
 * How much work a template may make. Breaking one of these is an {@link
 * dev.flyball.engine.EngineException}: TEMPLATE_SYNTAX for the first two, TEMPLATE_RENDER for the
 * others, and the message names the limit and the line.
 *
 * @param sourceChars length of the template's source
 * @param nesting how deep statements and expressions may be nested in the source
 * @param steps work of one rendering: an expression or statement is a step, so is a list item made,
 *     and so are {@value Budget#CHARS_PER_STEP} characters of a string made. Counted, not timed, so
 *     that the same input always has the same outcome
 * @param depth how deep the evaluation may be nested at any moment: expressions in statements in
 *     macros, and values within values
 * @param textChars length of the rendered text, and of any string on the way to it
 * @param items length of any list on the way, of a range too
 */
public record TemplateLimits(
    int sourceChars, int nesting, long steps, int depth, int textChars, int items) {
  /** Room for conversations of a million tokens; a hostile template ends in about a second. */
  public static final TemplateLimits DEFAULT =
      new TemplateLimits(1 << 20, 200, 10_000_000, 800, 32 << 20, 1_000_000);

  public TemplateLimits {
    if (sourceChars < 1 || nesting < 1 || steps < 1 || depth < 1 || textChars < 1 || items < 1) {
      throw new IllegalArgumentException("every limit of a template must be at least 1");
    }
  }
}
