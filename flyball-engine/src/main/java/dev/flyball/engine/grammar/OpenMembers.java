package dev.flyball.engine.grammar;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of an object that are not named one by one.
 *
 * @param key their names, with quotation marks
 * @param value the schema of their values
 */
record OpenMembers(Expression key, SchemaNode value) {
  /**
   * Those of a schema; nothing where it allows none. With {@code patternProperties}, only those
   * whose names match.
   *
   * @param described names that are described one by one
   * @param additional the schema of additional ones
   * @throws dev.flyball.engine.EngineException INVALID_INPUT where it says more of names than can
   *     be kept
   */
  static Optional<OpenMembers> of(
      SchemaNode node,
      Set<String> described,
      Optional<SchemaNode> additional,
      SchemaCompiler schemas,
      JsonRules json) {
    Optional<SchemaNode> patterns =
        node.find("patternProperties").filter(map -> !map.map().isEmpty());
    Optional<SchemaNode> names = node.find("propertyNames").filter(name -> !name.isBoolean(true));
    if (names.isPresent() && (patterns.isPresent() || !described.isEmpty())) {
      throw names.get().failure("cannot stand beside properties, required or patternProperties");
    }
    if (patterns.isPresent()) {
      return matching(patterns.get(), described);
    }
    if (names.isPresent()) {
      Expression key = schemas.value(asStrings(names.get()));
      return additional.map(value -> new OpenMembers(key, value));
    }
    return additional.map(
        value -> new OpenMembers(json.stringOtherThan(List.copyOf(described)), value));
  }

  private static Optional<OpenMembers> matching(SchemaNode patterns, Set<String> described) {
    if (patterns.map().size() > 1) {
      throw patterns.failure("can have one pattern: two may be about the same name");
    }
    Map.Entry<String, @Nullable Object> entry = patterns.map().entrySet().iterator().next();
    SchemaNode value = patterns.child(entry.getKey(), entry.getValue());
    Expression name = StringGrammar.parse(value, entry.getKey()).somewhere();
    for (String other : described) {
      if (isOf(name, other)) {
        throw value.failure(
            "is a pattern that \"" + other + "\" matches, which is described already");
      }
    }
    return value.isBoolean(false)
        ? Optional.empty()
        : Optional.of(new OpenMembers(JsonRules.quoted(JsonRules.encoded(name)), value));
  }

  private static boolean isOf(Expression expression, String text) {
    GrammarRules rules = new GrammarRules();
    rules.add("a pattern", expression);
    Recogniser recogniser = new Recogniser(AutomatonBuilder.build(rules));
    Recogniser.State state = recogniser.start();
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
      state = state.after(value & 0xFF);
    }
    return state.isAccepting();
  }

  private static SchemaNode asStrings(SchemaNode names) {
    Map<String, @Nullable Object> keywords = names.map();
    keywords.putIfAbsent("type", "string");
    if (!"string".equals(keywords.get("type"))) {
      throw names.failure("must be about strings");
    }
    return names.with(keywords);
  }
}
