package dev.flyball.engine.template;

import dev.flyball.engine.template.Stmt.MacroDefinition;
import dev.flyball.engine.template.Stmt.Parameter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A macro, or the body of a call block, with the scope that it was defined in. */
record Macro(MacroDefinition definition, Scope definedIn) implements Callable, WithAttributes {
  @Override
  public Object call(Arguments arguments, Rendering rendering) {
    Scope scope = definedIn.inner();
    bind(arguments, scope, rendering);
    return rendering.executor().capture(definition.body(), scope);
  }

  private void bind(Arguments arguments, Scope scope, Rendering rendering) {
    List<Object> positional = arguments.positional();
    Map<Object, Object> named = new LinkedHashMap<>(arguments.named());
    List<Parameter> parameters = definition.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter parameter = parameters.get(i);
      Object value = i < positional.size() ? positional.get(i) : named.remove(parameter.name());
      scope.set(
          parameter.name(), value != null ? value : defaultValue(parameter, scope, rendering));
    }
    boolean hasCallerParameter = parameters.stream().anyMatch(p -> p.name().equals("caller"));
    if (definition.takesCaller() && !hasCallerParameter) {
      Object caller = named.remove("caller");
      scope.set("caller", caller != null ? caller : Undefined.variable("caller"));
    }
    bindRest(positional, named, scope);
  }

  private static Object defaultValue(Parameter parameter, Scope scope, Rendering rendering) {
    Expr defaultValue = parameter.defaultValue();
    return defaultValue == null
        ? new Undefined("parameter '" + parameter.name() + "' was not provided")
        : rendering.evaluator().evaluate(defaultValue, scope);
  }

  private void bindRest(List<Object> positional, Map<Object, Object> named, Scope scope) {
    int expected = definition.parameters().size();
    if (definition.takesKwargs()) {
      scope.set("kwargs", named);
    } else if (!named.isEmpty()) {
      throw Failure.render(
          "macro '%s' has no parameter '%s'"
              .formatted(definition.name(), named.keySet().iterator().next()));
    }
    if (definition.takesVarargs()) {
      int rest = Math.min(expected, positional.size());
      scope.set("varargs", new Tuple(positional.subList(rest, positional.size())));
    } else if (positional.size() > expected) {
      throw Failure.render(
          "macro '%s' takes at most %d arguments, not %d"
              .formatted(definition.name(), expected, positional.size()));
    }
  }

  @Override
  public Optional<Object> attribute(String name) {
    return switch (name) {
      case "name" -> Optional.of(definition.name());
      case "arguments" ->
          Optional.of(
              new Tuple(definition.parameters().stream().<Object>map(Parameter::name).toList()));
      case "caller" -> Optional.of(definition.takesCaller());
      case "catch_kwargs" -> Optional.of(definition.takesKwargs());
      case "catch_varargs" -> Optional.of(definition.takesVarargs());
      default -> Optional.empty();
    };
  }
}
