package dev.flyball.engine.template;

import dev.flyball.engine.template.Expr.CallArguments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Computes the values of expressions. Belongs to one rendering. */
final class Evaluator {
  private final Rendering rendering;
  private final Budget budget;

  Evaluator(Rendering rendering) {
    this.rendering = rendering;
    this.budget = rendering.budget();
  }

  Object evaluate(Expr expression, Scope scope) {
    if (expression instanceof Expr.Literal literal) {
      budget.step();
      return literal.value();
    }
    budget.enter();
    Object value = compute(expression, scope);
    budget.leave();
    return value;
  }

  private Object compute(Expr expression, Scope scope) {
    return switch (expression) {
      case Expr.Literal literal -> literal.value();
      case Expr.Name name -> scope.get(name.name());
      case Expr.TupleLiteral tuple -> new Tuple(evaluateAll(tuple.items(), scope));
      case Expr.ListLiteral list -> evaluateAll(list.items(), scope);
      case Expr.DictLiteral dict -> dict(dict, scope);
      case Expr.Attribute attribute -> {
        Object owner = evaluate(attribute.owner(), scope);
        rendering.at(attribute.line());
        yield Lookup.attribute(owner, attribute.name());
      }
      case Expr.Subscript subscript -> {
        Object owner = evaluate(subscript.owner(), scope);
        Object key = evaluate(subscript.key(), scope);
        rendering.at(subscript.line());
        yield Lookup.subscript(owner, key, budget);
      }
      case Expr.SliceLiteral slice ->
          new Slice(
              evaluate(slice.start(), scope),
              evaluate(slice.stop(), scope),
              evaluate(slice.step(), scope));
      case Expr.Call call -> call(call, scope, Map.of());
      case Expr.Filtered filtered ->
          filter(evaluate(filtered.input(), scope), filtered.filter(), scope);
      case Expr.Tested tested -> test(tested, scope);
      case Expr.Not not -> !isTrue(not.operand(), scope);
      case Expr.And and -> {
        Object left = evaluate(and.left(), scope);
        yield Values.isTrue(left) ? evaluate(and.right(), scope) : left;
      }
      case Expr.Or or -> {
        Object left = evaluate(or.left(), scope);
        yield Values.isTrue(left) ? left : evaluate(or.right(), scope);
      }
      case Expr.Conditional conditional -> conditional(conditional, scope);
      case Expr.Negative negative -> {
        Object operand = evaluate(negative.operand(), scope);
        rendering.at(negative.line());
        yield Operators.negate(operand);
      }
      case Expr.Positive positive -> {
        Object operand = evaluate(positive.operand(), scope);
        rendering.at(positive.line());
        yield Operators.plus(operand);
      }
      case Expr.Arithmetic arithmetic -> {
        Object left = evaluate(arithmetic.left(), scope);
        Object right = evaluate(arithmetic.right(), scope);
        rendering.at(arithmetic.line());
        yield Operators.compute(arithmetic.operator(), left, right, budget);
      }
      case Expr.Concatenation concatenation -> concatenate(concatenation, scope);
      case Expr.Comparison comparison -> compare(comparison, scope);
    };
  }

  private boolean isTrue(Expr expression, Scope scope) {
    return Values.isTrue(evaluate(expression, scope));
  }

  private List<Object> evaluateAll(List<Expr> expressions, Scope scope) {
    budget.items(expressions.size());
    List<Object> values = new ArrayList<>(expressions.size());
    for (Expr expression : expressions) {
      values.add(evaluate(expression, scope));
    }
    return values;
  }

  private Map<Object, Object> dict(Expr.DictLiteral literal, Scope scope) {
    budget.items(literal.entries().size());
    Map<Object, Object> dict = new LinkedHashMap<>();
    for (Expr.DictLiteral.Entry entry : literal.entries()) {
      dict.put(Values.key(evaluate(entry.key(), scope)), evaluate(entry.value(), scope));
    }
    return dict;
  }

  private Object conditional(Expr.Conditional conditional, Scope scope) {
    if (isTrue(conditional.test(), scope)) {
      return evaluate(conditional.then(), scope);
    }
    Expr otherwise = conditional.otherwise();
    return otherwise == null
        ? new Undefined("the inline if was false and has no else")
        : evaluate(otherwise, scope);
  }

  private String concatenate(Expr.Concatenation concatenation, Scope scope) {
    List<String> texts = new ArrayList<>(concatenation.operands().size());
    for (Expr operand : concatenation.operands()) {
      texts.add(Repr.str(evaluate(operand, scope), budget));
    }
    return TextMethods.join("", texts, budget);
  }

  private boolean compare(Expr.Comparison comparison, Scope scope) {
    Object left = evaluate(comparison.first(), scope);
    for (Expr.Comparison.Step step : comparison.steps()) {
      Object right = evaluate(step.operand(), scope);
      rendering.at(comparison.line());
      if (!Operators.compare(step.operator(), left, right, budget)) {
        return false;
      }
      left = right;
    }
    return true;
  }

  Object filter(Object input, Expr.FilterCall filter, Scope scope) {
    Arguments arguments = arguments("filter " + filter.name(), filter.arguments(), Map.of(), scope);
    rendering.at(filter.line());
    return Filters.find(filter.name()).apply(input, arguments, rendering);
  }

  private boolean test(Expr.Tested tested, Scope scope) {
    Object subject = evaluate(tested.subject(), scope);
    Arguments arguments = arguments("test " + tested.test(), tested.arguments(), Map.of(), scope);
    rendering.at(tested.line());
    return Predicates.find(tested.test()).holds(subject, arguments, rendering);
  }

  /** Calls a macro that can print the body of a call block by {@code caller()}. */
  Object callWithCaller(Expr.Call call, Macro caller, Scope scope) {
    return call(call, scope, Map.of("caller", caller));
  }

  private Object call(Expr.Call call, Scope scope, Map<String, Object> furtherNamed) {
    Object callee = evaluate(call.callee(), scope);
    Arguments arguments = arguments(describe(call.callee()), call.arguments(), furtherNamed, scope);
    rendering.at(call.line());
    return switch (callee) {
      case Callable callable -> callable.call(arguments, rendering);
      case Undefined undefined -> throw undefined.failure();
      default ->
          throw Failure.render(
              arguments.callee()
                  + ": a value of type "
                  + Values.typeName(callee)
                  + " cannot be called");
    };
  }

  private static String describe(Expr callee) {
    return switch (callee) {
      case Expr.Name name -> name.name() + "()";
      case Expr.Attribute attribute -> attribute.name() + "()";
      default -> "the call";
    };
  }

  private Arguments arguments(
      String callee, CallArguments written, Map<String, Object> furtherNamed, Scope scope) {
    List<Object> positional = new ArrayList<>(written.positional().size());
    for (Expr argument : written.positional()) {
      positional.add(evaluate(argument, scope));
    }
    Map<String, Object> named = new LinkedHashMap<>(furtherNamed);
    for (CallArguments.Named argument : written.named()) {
      addNamed(callee, argument.name(), evaluate(argument.value(), scope), named);
    }
    Expr starred = written.starred();
    if (starred != null) {
      positional.addAll(Values.items(evaluate(starred, scope), budget));
    }
    Expr doubleStarred = written.doubleStarred();
    if (doubleStarred != null) {
      addAllNamed(callee, evaluate(doubleStarred, scope), named);
    }
    return new Arguments(callee, positional, named);
  }

  private static void addAllNamed(String callee, Object value, Map<String, Object> named) {
    if (!(value instanceof Map<?, ?> dict)) {
      throw Failure.render(callee + ": what follows '**' must be a dict");
    }
    for (Map.Entry<Object, Object> entry : Values.dict(dict).entrySet()) {
      if (!(entry.getKey() instanceof String name)) {
        throw Failure.render(callee + ": the keys of what follows '**' must be strings");
      }
      addNamed(callee, name, entry.getValue(), named);
    }
  }

  private static void addNamed(
      String callee, String name, Object value, Map<String, Object> named) {
    if (named.put(name, value) != null) {
      throw Failure.render(callee + " got two values for '" + name + "'");
    }
  }
}
