package dev.flyball.engine.grammar;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes rules of a JSON schema (draft 2020-12, as far as {@link SchemaKeywords} goes). Every text
 * of the rules is a value that the schema allows; not every such value is among them: properties
 * come in the schema's order, and white space and numbers are limited by {@link JsonRules}.
 */
final class SchemaCompiler {
  private static final int MAX_DEPTH = 64;
  private static final int MAX_SCHEMAS = 20_000;
  private static final int MAX_ENUM = 2_000;

  private final SchemaNode root;
  private final SchemaReferences references;
  private final GrammarRules rules;
  private final JsonRules json;
  private final ObjectGrammar objects;
  private final ArrayGrammar arrays;
  private final Map<String, Expression.Call> byPointer = new HashMap<>();
  private final Deque<SchemaNode> open = new ArrayDeque<>();
  private int depth;
  private int schemas;

  /**
   * @param rules take those of the schema
   * @param json of the same rules
   */
  SchemaCompiler(GrammarRules rules, JsonRules json, @Nullable Object schema) {
    this.rules = rules;
    this.json = json;
    objects = new ObjectGrammar(this, rules, json);
    arrays = new ArrayGrammar(this, rules, json);
    root = new SchemaNode("", schema);
    references = new SchemaReferences(schema);
  }

  /**
   * The values of the schema, which may call rules that were added.
   *
   * @throws dev.flyball.engine.EngineException INVALID_INPUT with a pointer to what cannot be
   */
  Expression compile() {
    Expression.Call start = rules.declare("the JSON schema");
    rules.define(start, value(root));
    while (!open.isEmpty()) {
      SchemaNode target = open.remove();
      rules.define(call(target), value(target));
    }
    return start;
  }

  /** The values of a schema. */
  Expression value(SchemaNode node) {
    if (node.isBoolean(true)) {
      return json.any();
    }
    if (node.isBoolean(false)) {
      throw node.failure("is false, which allows no value");
    }
    if (++schemas > MAX_SCHEMAS || ++depth > MAX_DEPTH) {
      throw node.failure(
          "is too much: schemas may nest %d deep, and have %d parts"
              .formatted(MAX_DEPTH, MAX_SCHEMAS));
    }
    SchemaKeywords.check(node);
    Expression expression = combined(node);
    depth--;
    return expression;
  }

  private Expression combined(SchemaNode node) {
    Optional<SchemaNode> reference = node.find("$ref");
    if (reference.isPresent()) {
      SchemaNode rest = node.without("$ref");
      SchemaNode target = references.target(reference.get());
      return SchemaKeywords.constrains(rest) ? value(SchemaMerge.of(rest, target)) : call(target);
    }
    Optional<SchemaNode> all = node.find("allOf");
    if (all.isPresent()) {
      return value(allOf(node.without("allOf"), all.get().list()));
    }
    for (String keyword : List.of("anyOf", "oneOf")) {
      Optional<SchemaNode> any = node.find(keyword);
      if (any.isPresent()) {
        return alternatives(node.without(keyword), any.get(), keyword.equals("oneOf"));
      }
    }
    return ofValues(SchemaNegation.applied(node));
  }

  private SchemaNode allOf(SchemaNode rest, List<SchemaNode> parts) {
    SchemaNode merged = rest;
    for (SchemaNode part : parts) {
      merged = SchemaMerge.of(merged, resolved(part));
    }
    return merged;
  }

  /** The schema that a chain of references ends at, with what stands beside them. */
  private SchemaNode resolved(SchemaNode node) {
    SchemaNode resolved = node;
    for (int i = 0; i < MAX_DEPTH; i++) {
      Optional<SchemaNode> reference = resolved.find("$ref");
      if (reference.isEmpty()) {
        return resolved;
      }
      SchemaNode target = references.target(reference.get());
      SchemaNode rest = resolved.without("$ref");
      resolved = SchemaKeywords.constrains(rest) ? SchemaMerge.of(rest, target) : target;
    }
    throw node.failure("refers to itself");
  }

  private Expression alternatives(SchemaNode rest, SchemaNode alternatives, boolean exclusive) {
    List<SchemaNode> branches = new ArrayList<>();
    for (SchemaNode branch : alternatives.list()) {
      branches.add(
          SchemaKeywords.constrains(rest) ? SchemaMerge.of(resolved(branch), rest) : branch);
    }
    if (branches.isEmpty()) {
      throw alternatives.failure("must have at least one schema");
    }
    if (exclusive) {
      SchemaOverlap.refuse(alternatives, branches.stream().map(this::resolved).toList());
    }
    return new Expression.Choice(branches.stream().map(this::value).toList());
  }

  private Expression ofValues(SchemaNode node) {
    if (node.has("const") || node.has("enum")) {
      return literals(node);
    }
    List<String> types = SchemaKeywords.types(node);
    if (types.isEmpty()) {
      if (node.has("type")) {
        throw node.failure("has an empty list of types");
      }
      return json.any();
    }
    return new Expression.Choice(types.stream().map(type -> ofType(node, type)).toList());
  }

  private Expression ofType(SchemaNode node, String type) {
    return switch (type) {
      case "object" -> objects.object(node);
      case "array" -> arrays.array(node);
      case "string" -> StringGrammar.string(node, json);
      case "number" -> NumberGrammar.number(node, false, rules);
      case "integer" -> NumberGrammar.number(node, true, rules);
      case "boolean" -> Expression.choice(Expression.text("true"), Expression.text("false"));
      case "null" -> Expression.text("null");
      default -> throw node.failure("has the unknown type \"" + type + "\"");
    };
  }

  private Expression literals(SchemaNode node) {
    SchemaKeywords.firstOfValues(node)
        .ifPresent(
            keyword -> {
              throw node.child(keyword, null).failure("cannot stand beside enum or const");
            });
    List<Expression> texts =
        SchemaLiterals.allowed(node).stream()
            .map(value -> Expression.text(JsonLiteral.text(value)))
            .toList();
    if (texts.isEmpty() || texts.size() > MAX_ENUM) {
      throw node.failure(
          "allows %d values by enum, const and type; 1 to %d are possible"
              .formatted(texts.size(), MAX_ENUM));
    }
    return new Expression.Choice(texts);
  }

  private Expression.Call call(SchemaNode target) {
    Expression.Call known = byPointer.get(target.pointer());
    if (known == null) {
      known =
          rules.declare(
              "the JSON schema at " + (target.pointer().isEmpty() ? "its root" : target.pointer()));
      byPointer.put(target.pointer(), known);
      open.add(target);
    }
    return known;
  }
}
