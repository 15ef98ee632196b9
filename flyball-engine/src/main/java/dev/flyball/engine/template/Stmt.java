package dev.flyball.engine.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement of a template, or text between statements. */
sealed interface Stmt {
  record Text(String text) implements Stmt {}

  record Print(Expr value, int line) implements Stmt {}

  record If(List<Branch> branches, List<Stmt> otherwise) implements Stmt {
    record Branch(Expr test, List<Stmt> body, int line) {}
  }

  /** {@code otherwise} is for a loop without a turn; {@code condition} drops items beforehand. */
  record For(
      Target target,
      Expr iterable,
      @Nullable Expr condition,
      boolean recursive,
      List<Stmt> body,
      List<Stmt> otherwise,
      int line)
      implements Stmt {}

  record Break() implements Stmt {}

  record Continue() implements Stmt {}

  record Set(Target target, Expr value, int line) implements Stmt {}

  /** Assigns what the body prints, filtered. */
  record SetBlock(Target target, List<Expr.FilterCall> filters, List<Stmt> body, int line)
      implements Stmt {}

  record With(List<Binding> bindings, List<Stmt> body, int line) implements Stmt {
    record Binding(Target target, Expr value) {}
  }

  record DefineMacro(MacroDefinition macro) implements Stmt {}

  /** Calls a macro that gets the body as its {@code caller}. */
  record CallBlock(Expr.Call call, MacroDefinition caller) implements Stmt {}

  /** Prints what the body prints, filtered. */
  record FilterBlock(List<Expr.FilterCall> filters, List<Stmt> body, int line) implements Stmt {}

  /**
   * A body with variables of its own: {@code generation}, by which Hugging Face marks the
   * assistant's tokens for training, means no more than this to a prompt.
   */
  record Block(List<Stmt> body) implements Stmt {}

  /** What a value is assigned to. */
  sealed interface Target {
    record Variable(String name) implements Target {}

    record NamespaceAttribute(String namespace, String attribute) implements Target {}

    record Unpacking(List<Target> targets) implements Target {}
  }

  /** The parameter of a macro. */
  record Parameter(String name, @Nullable Expr defaultValue) {}

  /**
   * What a macro or the body of a call block is made of.
   *
   * @param takesVarargs whether the body names {@code varargs} and so takes further arguments
   * @param takesKwargs whether the body names {@code kwargs} and so takes further named arguments
   * @param takesCaller whether the body names {@code caller} and so may be used by a call block
   */
  record MacroDefinition(
      String name,
      List<Parameter> parameters,
      boolean takesVarargs,
      boolean takesKwargs,
      boolean takesCaller,
      List<Stmt> body) {}
}
