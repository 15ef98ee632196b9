package dev.flyball.engine.dialect;

import static dev.flyball.engine.grammar.GrammarPart.sequence;
import static dev.flyball.engine.grammar.GrammarPart.text;

import dev.flyball.engine.grammar.GrammarPart;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The grammar of arguments as LFM2 writes them, {@code city='Pune', days=[1, 2]}. Values are
 * JSON's, which Python reads too but for the names of constants; a string may also stand between
 * apostrophes.
 */
final class PythonArguments {
  private static final GrammarPart IN_APOSTROPHES =
      new GrammarPart.Pattern("'(?:[^'\\\\\\n]|\\\\[\\\\'\"nrt])*'");

  private PythonArguments() {}

  static GrammarPart of(CallableFunction function) {
    List<Members.Member> members =
        FunctionArguments.of(function).stream()
            .map(
                argument ->
                    new Members.Member(
                        sequence(text(argument.name() + "="), value(argument)),
                        argument.required()))
            .toList();
    return Members.separated(members, ", ");
  }

  private static GrammarPart value(FunctionArguments.Argument argument) {
    List<GrammarPart> forms = new ArrayList<>();
    forms.add(new GrammarPart.JsonSchema(argument.schema()));
    argument.texts().stream()
        .filter(value -> value.chars().noneMatch(c -> c == '\'' || c == '\\' || c == '\n'))
        .forEach(value -> forms.add(text("'" + value + "'")));
    if (argument.isText() && argument.texts().isEmpty() && !isLimited(argument)) {
      forms.add(IN_APOSTROPHES);
    }
    return new GrammarPart.Choice(forms);
  }

  /** Whether a schema says more of a string than that it is one. */
  private static boolean isLimited(FunctionArguments.Argument argument) {
    return argument.schema() instanceof Map<?, ?> schema
        && Stream.of("enum", "const", "pattern", "format", "minLength", "maxLength")
            .anyMatch(schema::containsKey);
  }
}
