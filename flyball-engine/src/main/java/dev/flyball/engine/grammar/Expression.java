package dev.flyball.engine.grammar;

import java.util.List;

/** What a grammar's rule stands for: the common language of the front ends. */
sealed interface Expression {
  /** The empty text. */
  Expression EMPTY = new Sequence(List.of());

  /** No text at all. */
  Expression NEVER = new OneOf(CodePointSet.NONE);

  /** No upper limit of a {@link Repeat}. */
  int UNLIMITED = -1;

  /** Exactly this text. */
  record Text(String text) implements Expression {}

  /** The control token of this text; see {@link ControlTokens}. */
  record ControlToken(String text) implements Expression {}

  /** One character of a set; no character at all where it is empty. */
  record OneOf(CodePointSet set) implements Expression {}

  /** One after the other. */
  record Sequence(List<Expression> parts) implements Expression {
    public Sequence {
      parts = List.copyOf(parts);
    }
  }

  /** Any one of these. */
  record Choice(List<Expression> options) implements Expression {
    public Choice {
      options = List.copyOf(options);
    }
  }

  /** At least {@code min} and at most {@code max} times. */
  record Repeat(Expression body, int min, int max) implements Expression {}

  /** What the rule of this index stands for. */
  record Call(int rule) implements Expression {}

  static Expression sequence(Expression... parts) {
    return new Sequence(List.of(parts));
  }

  static Expression choice(Expression... options) {
    return new Choice(List.of(options));
  }

  /** Any one of those that have a text. */
  static Expression possible(List<Expression> options) {
    List<Expression> possible = options.stream().filter(option -> !option.equals(NEVER)).toList();
    return possible.isEmpty() ? NEVER : new Choice(possible);
  }

  static Expression text(String text) {
    return new Text(text);
  }

  /** One character from {@code first} to {@code last}. */
  static Expression range(int first, int last) {
    return new OneOf(CodePointSet.range(first, last));
  }

  static Expression optional(Expression body) {
    return new Repeat(body, 0, 1);
  }

  static Expression anyNumber(Expression body) {
    return new Repeat(body, 0, UNLIMITED);
  }
}
