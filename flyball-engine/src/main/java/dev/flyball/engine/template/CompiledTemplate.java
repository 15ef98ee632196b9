package dev.flyball.engine.template;

import dev.flyball.engine.EngineException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A parsed template; every rendering has its own state. */
record CompiledTemplate(String source, List<Stmt> statements, TemplateOptions options)
    implements ChatTemplate {
  @Override
  public String render(Map<String, ? extends @Nullable Object> variables) {
    Rendering rendering = new Rendering(options);
    try {
      return rendering.render(statements, variables);
    } catch (EngineException e) {
      throw Failure.render(rendering.line(), e);
    } catch (StackOverflowError e) {
      // The limit on depth is for ordinary stacks; the caller's thread may have a smaller one.
      throw Failure.render(
          rendering.line(),
          Failure.render("the evaluation is nested too deep for the stack of this thread"));
    }
  }
}
