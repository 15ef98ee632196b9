package dev.flyball.engine.template;

import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One rendering of a template: its budget, its time, and where it stands. Used by one thread. */
final class Rendering {
  private final Budget budget;
  private final ZonedDateTime now;
  private final Evaluator evaluator;
  private final Executor executor;
  private int line = 1;

  Rendering(TemplateOptions options) {
    this.budget = new Budget(options.limits());
    this.now = options.clock().instant().atZone(options.zone());
    this.evaluator = new Evaluator(this);
    this.executor = new Executor(this);
  }

  String render(List<Stmt> template, Map<String, ? extends @Nullable Object> variables) {
    Scope input = Scope.of(Globals.ALL).inner(new InputTree(budget).dict(variables));
    return executor.capture(template, input.inner());
  }

  Budget budget() {
    return budget;
  }

  ZonedDateTime now() {
    return now;
  }

  Evaluator evaluator() {
    return evaluator;
  }

  Executor executor() {
    return executor;
  }

  /** Notes the line that is worked on, which errors name. */
  void at(int newLine) {
    line = newLine;
  }

  int line() {
    return line;
  }
}
