package dev.flyball.engine.grammar;

import dev.flyball.engine.EngineException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** The strings of a schema. */
final class StringGrammar {
  private StringGrammar() {}

  static Expression string(SchemaNode node, JsonRules json) {
    Optional<SchemaNode> pattern = node.find("pattern");
    Optional<Expression> format =
        node.find("format").map(SchemaNode::string).flatMap(StringFormats::find);
    Optional<SchemaNode> not = node.find("not");
    if (not.isPresent()) {
      return otherThan(node, not.get(), json);
    }
    OptionalInt min = node.count("minLength");
    OptionalInt max = node.count("maxLength");
    boolean hasLength = min.isPresent() || max.isPresent();
    if ((pattern.isPresent() && (hasLength || format.isPresent()))
        || (hasLength && format.isPresent())) {
      throw node.failure("can have only one of pattern, format, and minLength with maxLength");
    }
    if (pattern.isPresent()) {
      return JsonRules.quoted(
          JsonRules.encoded(parse(pattern.get(), pattern.get().string()).somewhere()));
    }
    if (format.isPresent()) {
      return JsonRules.quoted(JsonRules.encoded(format.get()));
    }
    if (max.isPresent() && max.getAsInt() < min.orElse(0)) {
      throw node.failure("has a maxLength below its minLength");
    }
    return json.string(min.orElse(0), max.orElse(Expression.UNLIMITED));
  }

  private static Expression otherThan(SchemaNode node, SchemaNode not, JsonRules json) {
    if (Stream.of("pattern", "format", "minLength", "maxLength").anyMatch(node::has)) {
      throw not.failure("cannot stand beside pattern, format, minLength and maxLength");
    }
    return json.stringOtherThan(
        SchemaLiterals.allowed(not).stream()
            .filter(String.class::isInstance)
            .map(String.class::cast)
            .toList());
  }

  /**
   * Reads a regular expression.
   *
   * @param pattern where it stands
   */
  static Regex parse(SchemaNode pattern, String regex) {
    try {
      return RegexParser.parse(regex);
    } catch (EngineException e) {
      throw new EngineException(
          e.error(), pattern.failure("cannot be read: ").getMessage() + e.getMessage(), e);
    }
  }
}
