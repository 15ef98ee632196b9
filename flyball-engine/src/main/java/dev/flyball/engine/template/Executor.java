package dev.flyball.engine.template;

import dev.flyball.engine.template.Stmt.Target;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;

/** Runs statements, and gathers the text that they print. Belongs to one rendering. */
final class Executor {
  /** How a statement ends. */
  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  private final Rendering rendering;
  private final Budget budget;
  private StringBuilder output = new StringBuilder();

  Executor(Rendering rendering) {
    this.rendering = rendering;
    this.budget = rendering.budget();
  }

  /** Runs a body whose text is wanted as a value. */
  String capture(List<Stmt> body, Scope scope) {
    StringBuilder outer = output;
    output = new StringBuilder();
    run(body, scope);
    String text = output.toString();
    output = outer;
    return text;
  }

  private Flow run(List<Stmt> body, Scope scope) {
    budget.enter();
    Flow flow = Flow.NEXT;
    for (int i = 0; i < body.size() && flow == Flow.NEXT; i++) {
      flow = run(body.get(i), scope);
    }
    budget.leave();
    return flow;
  }

  private Flow run(Stmt statement, Scope scope) {
    budget.step();
    switch (statement) {
      case Stmt.Text text -> print(text.text());
      case Stmt.Print print -> {
        rendering.at(print.line());
        print(Repr.str(evaluate(print.value(), scope), budget));
      }
      case Stmt.Set set -> {
        rendering.at(set.line());
        assign(set.target(), evaluate(set.value(), scope), scope);
      }
      case Stmt.SetBlock set -> {
        rendering.at(set.line());
        assign(set.target(), filtered(set.filters(), set.body(), scope), scope);
      }
      case Stmt.With with -> {
        return runWith(with, scope);
      }
      case Stmt.DefineMacro define ->
          scope.set(define.macro().name(), new Macro(define.macro(), scope));
      case Stmt.CallBlock block -> {
        Macro caller = new Macro(block.caller(), scope);
        print(Repr.str(rendering.evaluator().callWithCaller(block.call(), caller, scope), budget));
      }
      case Stmt.FilterBlock block -> {
        rendering.at(block.line());
        print(Repr.str(filtered(block.filters(), block.body(), scope), budget));
      }
      case Stmt.Block block -> run(block.body(), scope.inner());
      case Stmt.If branches -> {
        return runIf(branches, scope);
      }
      case Stmt.For loop -> {
        rendering.at(loop.line());
        return runFor(loop, evaluate(loop.iterable(), scope), scope, 0);
      }
      case Stmt.Break _ -> {
        return Flow.BREAK;
      }
      case Stmt.Continue _ -> {
        return Flow.CONTINUE;
      }
    }
    return Flow.NEXT;
  }

  private Object evaluate(Expr expression, Scope scope) {
    return rendering.evaluator().evaluate(expression, scope);
  }

  private void print(String text) {
    budget.text(text.length());
    budget.checkText((long) output.length() + text.length());
    output.append(text);
  }

  private Object filtered(List<Expr.FilterCall> filters, List<Stmt> body, Scope scope) {
    Object value = capture(body, scope.inner());
    for (Expr.FilterCall filter : filters) {
      value = rendering.evaluator().filter(value, filter, scope);
    }
    return value;
  }

  private Flow runWith(Stmt.With with, Scope scope) {
    rendering.at(with.line());
    Scope inner = scope.inner();
    for (Stmt.With.Binding binding : with.bindings()) {
      assign(binding.target(), evaluate(binding.value(), scope), inner);
    }
    return run(with.body(), inner);
  }

  private Flow runIf(Stmt.If branches, Scope scope) {
    for (Stmt.If.Branch branch : branches.branches()) {
      rendering.at(branch.line());
      if (Values.isTrue(evaluate(branch.test(), scope))) {
        return run(branch.body(), scope);
      }
    }
    return run(branches.otherwise(), scope);
  }

  /** A {@code break} of the {@code else} part belongs to the loop around this one. */
  private Flow runFor(Stmt.For loop, Object iterable, Scope scope, int depth) {
    LoopState state = loopState(loop, iterable, scope, depth);
    if (!state.hasNext()) {
      return run(loop.otherwise(), scope.inner());
    }
    Flow flow = Flow.NEXT;
    while (flow != Flow.BREAK && state.hasNext()) {
      Scope turn = scope.inner();
      turn.set("loop", state);
      assign(loop.target(), state.next(), turn);
      flow = run(loop.body(), turn);
    }
    return Flow.NEXT;
  }

  private LoopState loopState(Stmt.For loop, Object iterable, Scope scope, int depth) {
    Iterator<Object> items = Values.iterator(iterable);
    OptionalLong length = OptionalLong.empty();
    Expr condition = loop.condition();
    if (condition != null) {
      items = new SelectedItems(items, item -> isSelected(loop, condition, item, scope));
    } else if (Values.hasLength(iterable)) {
      length = OptionalLong.of(Values.length(iterable));
    }
    LoopState.Recursion recursion =
        loop.recursive() ? (inner, level) -> captureLoop(loop, inner, scope, level) : null;
    return new LoopState(items, length, depth, recursion, budget);
  }

  private String captureLoop(Stmt.For loop, Object iterable, Scope scope, int depth) {
    StringBuilder outer = output;
    output = new StringBuilder();
    budget.enter();
    runFor(loop, iterable, scope, depth);
    budget.leave();
    String text = output.toString();
    output = outer;
    return text;
  }

  private boolean isSelected(Stmt.For loop, Expr condition, Object item, Scope scope) {
    Scope inner = scope.inner();
    assign(loop.target(), item, inner);
    return Values.isTrue(evaluate(condition, inner));
  }

  private void assign(Target target, Object value, Scope scope) {
    switch (target) {
      case Target.Variable variable -> scope.set(variable.name(), value);
      case Target.NamespaceAttribute attribute -> {
        if (!(scope.get(attribute.namespace()) instanceof Namespace namespace)) {
          throw Failure.render(
              "'%s.%s' cannot be set, as '%s' is no namespace()"
                  .formatted(attribute.namespace(), attribute.attribute(), attribute.namespace()));
        }
        namespace.attributes().put(attribute.attribute(), value);
      }
      case Target.Unpacking unpacking -> unpack(unpacking.targets(), value, scope);
    }
  }

  private void unpack(List<Target> targets, Object value, Scope scope) {
    if (value instanceof Undefined undefined) {
      throw undefined.failure();
    }
    List<Object> items = Values.items(value, budget);
    if (items.size() != targets.size()) {
      throw Failure.render(
          "%d values cannot be assigned to %d variables".formatted(items.size(), targets.size()));
    }
    for (int i = 0; i < targets.size(); i++) {
      assign(targets.get(i), items.get(i), scope);
    }
  }
}
