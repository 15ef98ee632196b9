package dev.flyball.engine.template;

import dev.flyball.engine.EngineException;
import dev.flyball.engine.template.Token.Kind;
import java.util.List;

/** The tokens of a template, read forwards with one token of look-ahead. */
final class TokenStream {
  private final List<Token> tokens;
  private final int nestingLimit;
  private int position;
  private int nesting;

  TokenStream(List<Token> tokens, int nestingLimit) {
    this.tokens = tokens;
    this.nestingLimit = nestingLimit;
  }

  Token current() {
    return tokens.get(position);
  }

  Token lookAhead() {
    return tokens.get(Math.min(position + 1, tokens.size() - 1));
  }

  /** Returns the current token and moves on; stays at the end. */
  Token next() {
    Token token = current();
    position = Math.min(position + 1, tokens.size() - 1);
    return token;
  }

  boolean skipName(String name) {
    boolean found = current().isName(name);
    if (found) {
      next();
    }
    return found;
  }

  boolean skipOperator(String operator) {
    boolean found = current().isOperator(operator);
    if (found) {
      next();
    }
    return found;
  }

  Token expect(Kind kind) {
    if (current().kind() != kind) {
      throw expected(kind.description());
    }
    return next();
  }

  void expectName(String name) {
    if (!skipName(name)) {
      throw expected("'" + name + "'");
    }
  }

  void expectOperator(String operator) {
    if (!skipOperator(operator)) {
      throw expected("'" + operator + "'");
    }
  }

  EngineException expected(String what) {
    return Failure.syntax(current().line(), "expected " + what + ", found " + current().describe());
  }

  /** Goes one level of nesting down; paired with {@link #leave()}. */
  void enter() {
    if (++nesting > nestingLimit) {
      throw Failure.syntax(
          current().line(), "nested deeper than the limit of " + nestingLimit + " levels");
    }
  }

  void leave() {
    nesting--;
  }
}
