package dev.flyball.engine.grammar;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A language that a generated text must be in. Grammars of the same kind and source are equal.
 * Immutable and thread-safe; compiled when made, which may take milliseconds.
 */
public final class Grammar {
  private enum Kind {
    JSON_SCHEMA,
    REGEX,
    GBNF,
    PARTS
  }

  private final Kind kind;
  private final String source;
  private final Optional<GrammarPart> part;
  private final Automaton automaton;

  private Grammar(Kind kind, String source, Optional<GrammarPart> part, GrammarRules rules) {
    this.kind = kind;
    this.source = source;
    this.part = part;
    automaton = AutomatonBuilder.build(rules);
  }

  /** Any JSON object. */
  public static Grammar json() {
    return ofJsonSchema(Map.of("type", "object"));
  }

  /**
   * The JSON texts that a schema describes. {@code docs/decisions/structured-output.md} says which
   * keywords are understood.
   *
   * @param schema the schema as plain values: Map with String keys, whose order is the order of
   *     properties; List, String, Boolean, Number or null
   * @throws dev.flyball.engine.EngineException INVALID_INPUT with a JSON pointer to what cannot be
   */
  public static Grammar ofJsonSchema(@Nullable Object schema) {
    GrammarPart part = new GrammarPart.JsonSchema(schema);
    GrammarRules rules = new PartCompiler().compile(part);
    return new Grammar(Kind.JSON_SCHEMA, JsonLiteral.text(schema), Optional.of(part), rules);
  }

  /**
   * The texts that a regular expression matches as a whole, in the syntax of ECMA 262 without
   * lookaround, back references and {@code \b}.
   *
   * @throws dev.flyball.engine.EngineException INVALID_INPUT with the place of what cannot be
   */
  public static Grammar ofRegex(String regex) {
    GrammarRules rules = new GrammarRules();
    Expression.Call root = rules.declare("the regular expression");
    rules.define(root, RegexParser.parse(regex).whole());
    return new Grammar(Kind.REGEX, regex, Optional.of(new GrammarPart.Pattern(regex)), rules);
  }

  /**
   * The texts of a grammar in llama.cpp's GBNF, from its rule {@code root}.
   *
   * @throws dev.flyball.engine.EngineException INVALID_INPUT with the line of what cannot be
   */
  public static Grammar ofGbnf(String text) {
    return new Grammar(Kind.GBNF, text, Optional.empty(), new GbnfParser(text).parse());
  }

  /**
   * The texts that are put together from parts.
   *
   * @throws dev.flyball.engine.EngineException INVALID_INPUT where a part cannot be
   */
  public static Grammar ofParts(GrammarPart root) {
    return new Grammar(
        Kind.PARTS, root.toString(), Optional.of(root), new PartCompiler().compile(root));
  }

  /** The same texts as a part of other grammars; nothing where it was written in GBNF. */
  public Optional<GrammarPart> part() {
    return part;
  }

  Automaton automaton() {
    return automaton;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Grammar that && kind == that.kind && source.equals(that.source);
  }

  @Override
  public int hashCode() {
    return source.hashCode();
  }

  @Override
  public String toString() {
    return kind + " " + source;
  }
}
