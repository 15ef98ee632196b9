package dev.flyball.engine.template;

/** The door of this package: makes templates from their sources. */
public final class ChatTemplates {
  private ChatTemplates() {}

  /**
   * Compiles a template with {@link TemplateOptions#defaults()}.
   *
   * @throws dev.flyball.engine.EngineException with TEMPLATE_SYNTAX, naming the line and what was
   *     expected there
   */
  public static ChatTemplate compile(String source) {
    return compile(source, TemplateOptions.defaults());
  }

  /**
   * Compiles a template.
   *
   * @throws dev.flyball.engine.EngineException with TEMPLATE_SYNTAX, naming the line and what was
   *     expected there, or the limit that the source breaks
   */
  public static ChatTemplate compile(String source, TemplateOptions options) {
    try {
      return new CompiledTemplate(source, TemplateParser.parse(source, options.limits()), options);
    } catch (StackOverflowError e) {
      // The limit on nesting is for ordinary stacks; the caller's thread may have a smaller one.
      throw Failure.syntax(1, "the source is nested too deep for the stack of this thread");
    }
  }
}
